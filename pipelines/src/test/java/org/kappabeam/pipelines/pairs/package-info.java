/** The fraud pilot on every log and with every view: the same results, whatever the pair. */
package org.kappabeam.pipelines.pairs;
