/**
 * Where a pilot's events come from when there is no source system: a seeded simulator, files of
 * labelled transactions, and the feed that writes either to a log, damaged on purpose if wished.
 */
package org.kappabeam.pipelines.simulate;
