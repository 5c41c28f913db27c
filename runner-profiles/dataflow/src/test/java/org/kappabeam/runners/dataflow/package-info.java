/** Tests of the Dataflow profile and of the files that are generated for its templates. */
package org.kappabeam.runners.dataflow;
