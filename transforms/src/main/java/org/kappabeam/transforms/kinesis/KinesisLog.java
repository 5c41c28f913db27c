package org.kappabeam.transforms.kinesis;

import java.util.Map;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** A Kinesis stream as a log. */
public final class KinesisLog implements Log {
  private final KinesisUri uri;
  private final Map<String, String> clientProperties;

  private KinesisLog(KinesisUri uri, Map<String, String> clientProperties) {
    this.uri = uri;
    this.clientProperties = clientProperties;
  }

  /**
   * The stream that the URI names; does not connect yet.
   *
   * @param uri {@code kinesis://region/stream[?envelope=kappa][&endpoint=https://host:port]}
   * @param clientProperties {@code aws.profile}, or {@code aws.accessKeyId}, {@code
   *     aws.secretAccessKey} and {@code aws.sessionToken} as references; none for the machine's own
   *     credentials
   * @throws org.kappabeam.coders.KappaException if the URI or a property has another form
   */
  public static KinesisLog of(String uri, Map<String, String> clientProperties) {
    return new KinesisLog(KinesisUri.parse(uri), KinesisSecrets.check(clientProperties));
  }

  @Override
  public String uri() {
    return uri.toString();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The bounds are texts: a sequence number, one with {@code >} before it for the place behind
   * that record, or {@code 0} for the beginning of a shard. An instant of a stream without
   * envelopes is asked of Kinesis; of a stream with envelopes it is found by reading, since Kinesis
   * knows nothing of their log times.
   */
  @Override
  public Slice resolve(String from, String until) {
    LogBound start = LogBound.from(from);
    LogBound end = LogBound.until(until, start);
    try (KinesisClient client = KinesisClients.client(uri, clientProperties)) {
      return new KinesisResolver(client, uri).resolve(start, end);
    }
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    if (allowedLatenessMillis < 0) {
      throw new IllegalArgumentException("allowed lateness " + allowedLatenessMillis);
    }
    return Read.from(liveSource(slice, allowedLatenessMillis));
  }

  KinesisLiveSource liveSource(Slice slice, long allowedLatenessMillis) {
    return new KinesisLiveSource(uri, clientProperties, slice, allowedLatenessMillis);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Kinesis: a shard is the smallest range, however many are desired.
   */
  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    return Read.from(sliceSource(slice));
  }

  KinesisSliceSource sliceSource(Slice slice) {
    if (!slice.isPinned()) {
      throw new IllegalArgumentException("a bounded read needs a pinned slice");
    }
    return new KinesisSliceSource(uri, clientProperties, slice.ranges());
  }

  @Override
  public String toString() {
    return uri();
  }
}
