/** Apache Flink: embedded in this process, or a cluster. */
package org.kappabeam.runners.flink;
