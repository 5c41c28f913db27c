/**
 * The command line {@code kappa}. It finds pilots, their feeds and the runner by {@link
 * java.util.ServiceLoader}, and names none of them.
 */
package org.kappabeam.pipelines.cli;
