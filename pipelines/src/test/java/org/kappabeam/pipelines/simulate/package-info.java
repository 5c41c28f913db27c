/** Tests of the simulator, the CSV reader and the feed. */
package org.kappabeam.pipelines.simulate;
