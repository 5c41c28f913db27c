/** Tests of coders, and of the rules the module keeps. */
package org.kappabeam.coders;
