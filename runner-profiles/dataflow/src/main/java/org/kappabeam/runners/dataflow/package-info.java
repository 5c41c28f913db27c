/** Google Cloud Dataflow as a runner of the command line, and its templates. */
package org.kappabeam.runners.dataflow;
