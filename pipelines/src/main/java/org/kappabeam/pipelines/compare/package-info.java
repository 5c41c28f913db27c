/** The rows of two generations beside each other: as a pipeline, so that it scales with them. */
package org.kappabeam.pipelines.compare;
