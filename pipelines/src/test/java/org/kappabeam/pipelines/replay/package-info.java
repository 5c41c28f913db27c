/** Tests of the replay lifecycle. */
package org.kappabeam.pipelines.replay;
