/** Plans and what is agreed on beside the views. */
package org.kappabeam.pipelines.replay;
