/** The same graph on every runner: what the promise of the product is tested with. */
package org.kappabeam.runners.flink;
