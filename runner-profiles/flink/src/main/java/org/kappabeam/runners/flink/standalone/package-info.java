/** A Flink cluster of several processes on this machine, to try and to test on. */
package org.kappabeam.runners.flink.standalone;
