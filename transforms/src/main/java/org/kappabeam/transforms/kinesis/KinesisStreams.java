package org.kappabeam.transforms.kinesis;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Creates streams that serve as logs. */
final class KinesisStreams {
  /** A year: Kinesis keeps nothing longer. */
  static final int MAX_RETENTION_HOURS = 8_760;

  private static final long POLL_MILLIS = 200;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private KinesisStreams() {}

  /**
   * Creates the stream; leaves one that exists as it is, whatever its settings. It keeps its
   * records as long as Kinesis allows, a year.
   *
   * @throws KappaException if Kinesis does not answer or refuses
   */
  static void create(String uri, int shards, Map<String, String> clientProperties) {
    KinesisUri kinesis = KinesisUri.parse(uri);
    try (KinesisClient client =
        KinesisClients.client(kinesis, KinesisSecrets.check(clientProperties))) {
      try {
        client.createStream(request -> request.streamName(kinesis.stream()).shardCount(shards));
      } catch (ResourceInUseException e) {
        awaitActive(client, kinesis);
        return; // It exists.
      }
      awaitActive(client, kinesis);
      client.increaseStreamRetentionPeriod(
          request ->
              request.streamName(kinesis.stream()).retentionPeriodHours(MAX_RETENTION_HOURS));
      awaitActive(client, kinesis);
    } catch (SdkException e) {
      throw KinesisClients.failure(kinesis, e);
    }
  }

  /** A stream takes a while to be made, and again to be changed. */
  static void awaitActive(KinesisClient client, KinesisUri uri) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      StreamDescriptionSummary stream =
          client
              .describeStreamSummary(request -> request.streamName(uri.stream()))
              .streamDescriptionSummary();
      if (stream.streamStatus() == StreamStatus.ACTIVE) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new KappaException(
            uri.place() + " is still " + stream.streamStatusAsString() + " after five minutes",
            "look at it in the AWS console, then run again");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for " + uri);
      }
    }
  }
}
