/** What comparisons find, and what they let pass. */
package org.kappabeam.pipelines.compare;
