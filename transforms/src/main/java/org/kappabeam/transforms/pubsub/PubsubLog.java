package org.kappabeam.transforms.pubsub;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/** A Pub/Sub subscription as a log. */
public final class PubsubLog implements Log {
  private static final String EARLIEST = "earliest";
  private static final String LATEST = "latest";
  private static final String NEVER = "never";

  private final PubsubUri uri;
  private final PubsubSettings settings;

  private PubsubLog(PubsubUri uri, PubsubSettings settings) {
    this.uri = uri;
    this.settings = settings;
  }

  /**
   * The subscription that the URI names; does not connect yet.
   *
   * @param properties {@code credentialsFile}, the path of a key file (default: Google's
   *     application default credentials); {@code endAfterIdleSeconds}, see {@link #resolve}
   * @throws KappaException if the URI has another form or a property is unknown
   */
  public static PubsubLog of(String uri, Map<String, String> properties) {
    return new PubsubLog(PubsubUri.parse(uri), PubsubSettings.of(properties));
  }

  @Override
  public String uri() {
    return uri.toString();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A subscription can only be read from where it stands: {@code from} is {@code earliest}, what
   * it holds. Another start is a new subscription, sought to a snapshot or a time ({@link
   * PubsubReplay}); the one a job reads from is never moved.
   *
   * <p>{@code until} is {@code never}, or {@code latest}: what was published before this moment, by
   * this machine's clock. The numbers of the range are therefore publish times in milliseconds, not
   * offsets. Since nobody can ask whether a subscription holds more of it, such a read ends when
   * nothing has come for {@code endAfterIdleSeconds}, 15 by default. What was published later stays
   * in the subscription.
   */
  @Override
  public Slice resolve(String from, String until) {
    check(from, until);
    long end = until.equals(NEVER) ? Slice.Range.OPEN : System.currentTimeMillis() + 1;
    return Slice.of(List.of(Slice.Range.of(PubsubTopics.partition(uri, settings), 0, end)));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A subscription stands where it stands. The name of its topic is asked for by the reader.
   */
  @Override
  public Optional<Slice> resolveUnasked(String from, String until) {
    check(from, until);
    return until.equals(NEVER)
        ? Optional.of(Slice.of(List.of(Slice.Range.of(PubsubSource.UNNAMED, 0, Slice.Range.OPEN))))
        : Optional.empty();
  }

  private void check(String from, String until) {
    if (!from.equals(EARLIEST)) {
      throw new KappaException(
          "a read of " + uri + " cannot begin at '" + from + "'",
          "begin at earliest, which is where the subscription stands, or make a new subscription"
              + " and seek it");
    }
    if (!until.equals(NEVER) && !until.equals(LATEST)) {
      throw new KappaException(
          "a read of " + uri + " cannot end at '" + until + "'", "end at latest or never");
    }
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    if (allowedLatenessMillis < 0) {
      throw new IllegalArgumentException("allowed lateness " + allowedLatenessMillis);
    }
    Slice.Range range = slice.ranges().get(0);
    return Read.from(
        new PubsubSource(uri, settings, range.partition(), range.until(), allowedLatenessMillis));
  }

  /**
   * Not possible: see the package.
   *
   * @throws KappaException always
   */
  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    throw new KappaException(
        "Pub/Sub has no positions that a slice could be pinned to",
        "read " + uri + " live, with until=latest to stop at what is there, or read its archive");
  }

  @Override
  public String toString() {
    return uri();
  }
}
