package org.kappabeam.pipelines.fraud;

import org.kappabeam.coders.fraud.FraudLabel;

/** The window lengths of the handbook's features, in milliseconds. */
final class Windows {
  static final long DAY = 24L * 60 * 60 * 1000;
  static final long WEEK = 7 * DAY;
  static final long MONTH = 30 * DAY;

  /** How far the terminal windows end before the transaction: until then labels are not known. */
  static final long LABEL_DELAY = FraudLabel.DELAY_MILLIS;

  private Windows() {}
}
