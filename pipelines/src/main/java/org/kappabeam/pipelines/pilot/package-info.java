/** What a pilot is, the options every pilot has, and how one becomes a pipeline. */
package org.kappabeam.pipelines.pilot;
