package org.kappabeam.pipelines.simulate;

/**
 * What a feed has written so far.
 *
 * @param transactions good transaction records, each event once
 * @param labels good fraud-label records, each event once
 * @param duplicates further, identical copies
 * @param corrupted damaged copies
 * @param logTime the log time of the last record, milliseconds since the epoch; -1 before the first
 */
public record FeedReport(
    long transactions, long labels, long duplicates, long corrupted, long logTime) {

  /** All records: the sum of the four kinds. */
  public long records() {
    return transactions + labels + duplicates + corrupted;
  }
}
