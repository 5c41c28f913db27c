/** The benchmarked jobs held against each other. */
package org.kappabeam.benchmarks;
