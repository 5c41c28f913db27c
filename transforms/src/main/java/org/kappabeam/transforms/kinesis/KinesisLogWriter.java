package org.kappabeam.transforms.kinesis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.LogWriter;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Appends to a stream, the shard chosen by the key's hash. One request is under way at a time, with
 * all shards in it, so no shard gets far ahead of another in log time.
 *
 * <p>A request whose answer is lost is sent again: a record may then be in the stream twice, at two
 * positions. Records that Kinesis refuses for want of throughput are sent again behind the others
 * of the request.
 *
 * <p>Without envelopes ({@link KinesisEnvelope}) the time of a record is that of its arrival. A
 * record that claims another time is refused, not written with a wrong one.
 */
final class KinesisLogWriter implements LogWriter {
  /** Kinesis' limits for a record (data and partition key) and for a request. */
  static final int MAX_RECORD_BYTES = 1 << 20;

  private static final int MAX_REQUEST_RECORDS = 500;
  private static final int MAX_REQUEST_BYTES = 5 << 20;
  private static final int MAX_KEY_CHARS = 256;

  /** How far log time and time of arrival may differ where only the latter is kept. */
  static final long ARRIVAL_TOLERANCE_MILLIS = 60_000;

  private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** The clock is looked at once in so many records. */
  private static final int CHECK_EVERY = 64;

  private static final long RETRY_MILLIS = 250;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final KinesisUri uri;
  private final KinesisClient client;
  private final List<PutRecordsRequestEntry> waiting = new ArrayList<>();
  private int waitingBytes;
  private int unchecked;
  private long lastFlush = System.nanoTime();
  private long written;

  private KinesisLogWriter(KinesisUri uri, KinesisClient client) {
    this.uri = uri;
    this.client = client;
  }

  /**
   * Connects.
   *
   * @param clientProperties see {@link KinesisLog#of}
   * @throws KappaException if Kinesis does not answer or the stream does not exist
   */
  static KinesisLogWriter open(String uri, Map<String, String> clientProperties) {
    KinesisUri kinesis = KinesisUri.parse(uri);
    KinesisClient client = KinesisClients.client(kinesis, KinesisSecrets.check(clientProperties));
    try {
      KinesisStreams.awaitActive(client, kinesis);
      return new KinesisLogWriter(kinesis, client);
    } catch (SdkException e) {
      client.close();
      throw KinesisClients.failure(kinesis, e);
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  @Override
  public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    PutRecordsRequestEntry entry =
        uri.enveloped() ? enveloped(key, value, logTime) : plain(key, value, logTime);
    int bytes = bytes(entry);
    if (bytes > MAX_RECORD_BYTES) {
      throw new KappaException(
          "a record of " + bytes + " bytes is too large for Kinesis",
          "its limit is " + MAX_RECORD_BYTES + " bytes with key and envelope: drop or divide it");
    }
    boolean full =
        waiting.size() == MAX_REQUEST_RECORDS || waitingBytes + bytes > MAX_REQUEST_BYTES;
    if (full || isDue()) {
      flush();
    }
    waiting.add(entry);
    waitingBytes += bytes;
  }

  private boolean isDue() {
    if (++unchecked < CHECK_EVERY) {
      return false;
    }
    unchecked = 0;
    return System.nanoTime() - lastFlush > FLUSH_NANOS;
  }

  private PutRecordsRequestEntry enveloped(
      byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    return PutRecordsRequestEntry.builder()
        .partitionKey(spread(key))
        .data(
            SdkBytes.fromByteArrayUnsafe(
                KinesisEnvelope.of(logTime, key, List.of(), value).toBytes()))
        .build();
  }

  /** A partition key for any key: the envelope holds the key itself. */
  private String spread(byte @Nullable [] key) {
    if (key == null) {
      return Long.toString(written++);
    }
    String text = text(key);
    if (text != null) {
      return text;
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }

  private PutRecordsRequestEntry plain(
      byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    String text = key == null ? null : text(key);
    if (value == null || text == null) {
      throw new KappaException(
          "Kinesis takes no record without value, nor without a key of 1 to 256 characters",
          "write to the log with ?envelope=kappa");
    }
    if (Math.abs(System.currentTimeMillis() - logTime) > ARRIVAL_TOLERANCE_MILLIS) {
      throw new KappaException(
          "Kinesis cannot keep the log time " + logTime + ", only the time of arrival",
          "write to the log with ?envelope=kappa, and read it so");
    }
    return PutRecordsRequestEntry.builder()
        .partitionKey(text)
        .data(SdkBytes.fromByteArrayUnsafe(value))
        .build();
  }

  /** The key as Kinesis takes it, or {@code null} if it does not. */
  private static @Nullable String text(byte[] key) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
      return text.isEmpty() || text.length() > MAX_KEY_CHARS ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static int bytes(PutRecordsRequestEntry entry) {
    return entry.data().asByteArrayUnsafe().length
        + entry.partitionKey().getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public void flush() {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    List<PutRecordsRequestEntry> entries = List.copyOf(waiting);
    waiting.clear();
    waitingBytes = 0;
    while (!entries.isEmpty()) {
      List<PutRecordsRequestEntry> refused = put(entries, deadline);
      if (!refused.isEmpty()) {
        pause();
      }
      entries = refused;
    }
    lastFlush = System.nanoTime();
  }

  /** Sends the records and returns those to be sent again. */
  private List<PutRecordsRequestEntry> put(List<PutRecordsRequestEntry> entries, long deadline) {
    PutRecordsResponse answer;
    try {
      answer = client.putRecords(request -> request.streamName(uri.stream()).records(entries));
    } catch (SdkException e) {
      if (KinesisClients.isTransient(e) && System.nanoTime() < deadline) {
        return entries;
      }
      throw KinesisClients.failure(uri, e);
    }
    List<PutRecordsRequestEntry> refused = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      PutRecordsResultEntry result = answer.records().get(i);
      if (result.errorCode() != null) {
        refused.add(entries.get(i));
        if (System.nanoTime() > deadline) {
          throw new KappaException(
              uri.place() + " refuses records with " + result.errorCode() + " for minutes",
              "give the stream more shards, or write more slowly");
        }
      }
    }
    return refused;
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while writing to " + uri);
    }
  }

  /** Sends what is still waiting. */
  @Override
  public void close() {
    try {
      flush();
    } finally {
      client.close();
    }
  }
}
