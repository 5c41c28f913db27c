/** Tests of the command line. */
package org.kappabeam.pipelines.cli;
