/**
 * What providers know: types of resources, their arguments and blocks. The facts lie in {@code
 * providers.json}, which {@code src/schema/extract.mjs} writes.
 */
package org.kappabeam.terraform.schema;
