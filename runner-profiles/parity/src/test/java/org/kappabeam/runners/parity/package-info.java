/** The promise of the product, as one suite that every runner has to pass. */
package org.kappabeam.runners.parity;
