/** Tests of positions and slices. */
package org.kappabeam.coders.log;
