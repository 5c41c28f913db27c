/** Tests of schemas: what a change may do to them, and that the checks of that bite. */
package org.kappabeam.coders.schema;
