/** Apache Spark: in this process, or a cluster; slices only. */
package org.kappabeam.runners.spark;
