/** The log as values: positions, records and the record batches that sources emit. */
package org.kappabeam.coders.log;
