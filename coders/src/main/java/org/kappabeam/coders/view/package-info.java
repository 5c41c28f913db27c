/** Views as values: schemas, rows versioned by evidence, and their digest. */
package org.kappabeam.coders.view;
