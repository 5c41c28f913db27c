/** How pilots are tested: their graph in memory. */
package org.kappabeam.pipelines.pilot;
