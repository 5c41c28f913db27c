package org.kappabeam.transforms.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;

/**
 * How a record of a log travels as a Pub/Sub message.
 *
 * <table>
 * <caption>Record and message</caption>
 * <tr><th>record</th><th>message</th></tr>
 * <tr><td>value</td><td>data; no value is the attribute {@value #NO_VALUE}</td></tr>
 * <tr><td>key</td><td>ordering key, if it is UTF-8 text of 1 to 1024 bytes; otherwise the attribute
 * {@value #KEY}, in base64</td></tr>
 * <tr><td>header</td><td>attribute: text, and no name twice</td></tr>
 * <tr><td>log time</td><td>publish time, or the attribute {@value #LOG_TIME} in milliseconds since the
 * epoch</td></tr>
 * <tr><td>partition</td><td>the topic</td></tr>
 * <tr><td>offset</td><td>made from the message id, see {@link #offset}</td></tr>
 * </table>
 *
 * <p><b>Why an attribute for the log time?</b> The publish time is set by the service and cannot be
 * chosen. Imported history would carry the time of its import, and every event in it would be too
 * late. So a writer that imports gives the time at which the record came into its first log; a
 * producer that publishes as things happen gives none. An attribute that is no number, or later
 * than the publish time, counts for nothing: nothing can have been in a log before it was there,
 * and one message that claims to be of the year 3000 must not drag the clock of all others along.
 */
final class PubsubMessages {
  static final String LOG_TIME = "logTime";

  /** Attributes that belong to us begin like this; nobody may bring them as headers. */
  private static final String RESERVED = "kappa-";

  static final String KEY = RESERVED + "key";
  static final String NO_VALUE = RESERVED + "no-value";

  private static final int MAX_ORDERING_KEY = 1024;

  /** Offsets from here on are hashes of message ids; below, they are the ids. */
  private static final long HASHED = 1L << 62;

  private static final int MAX_DIGITS = 19;

  private PubsubMessages() {}

  static PubsubMessage message(
      byte @Nullable [] key, byte @Nullable [] value, long logTime, List<LogHeader> headers) {
    PubsubMessage.Builder message =
        PubsubMessage.newBuilder().putAttributes(LOG_TIME, Long.toString(logTime));
    for (LogHeader header : headers) {
      String name = header.name();
      String text = header.value() == null ? null : text(header.value());
      if (text == null
          || message.containsAttributes(name)
          || name.equals(LOG_TIME)
          || name.startsWith(RESERVED)) {
        throw new KappaException(
            "Pub/Sub cannot carry header '" + name + "' as an attribute",
            "give each name once, with text, and leave "
                + LOG_TIME
                + " and what begins with "
                + RESERVED
                + " to the log");
      }
      message.putAttributes(name, text);
    }
    if (value == null) {
      message.putAttributes(NO_VALUE, "");
    } else {
      message.setData(ByteString.copyFrom(value));
    }
    if (key != null) {
      String text = key.length == 0 || key.length > MAX_ORDERING_KEY ? null : text(key);
      if (text == null) {
        message.putAttributes(KEY, Base64.getEncoder().encodeToString(key));
      } else {
        message.setOrderingKey(text);
      }
    }
    return message.build();
  }

  /** The bytes as text, or null if they are none. */
  private static @Nullable String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  static LogRecord record(String partition, PubsubMessage message) {
    return LogRecord.of(
        LogPosition.of(partition, offset(message.getMessageId())),
        logTime(message),
        key(message),
        message.containsAttributes(NO_VALUE) ? null : message.getData().toByteArray(),
        headers(message.getAttributesMap()));
  }

  static long publishTime(PubsubMessage message) {
    return message.getPublishTime().getSeconds() * 1_000
        + message.getPublishTime().getNanos() / 1_000_000;
  }

  private static long logTime(PubsubMessage message) {
    long published = publishTime(message);
    long claimed = number(message.getAttributesOrDefault(LOG_TIME, ""));
    return claimed >= 0 && claimed <= published ? claimed : published;
  }

  private static byte @Nullable [] key(PubsubMessage message) {
    if (!message.getOrderingKey().isEmpty()) {
      return message.getOrderingKey().getBytes(UTF_8);
    }
    String encoded = message.getAttributesOrDefault(KEY, null);
    if (encoded == null) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      // Not written by us.
      return encoded.getBytes(UTF_8);
    }
  }

  /** All attributes but ours, by name: a map has no order of its own. */
  private static List<LogHeader> headers(Map<String, String> attributes) {
    List<LogHeader> headers = new ArrayList<>();
    new TreeMap<>(attributes)
        .forEach(
            (name, value) -> {
              if (!name.equals(LOG_TIME) && !name.equals(KEY) && !name.equals(NO_VALUE)) {
                headers.add(LogHeader.of(name, value.getBytes(UTF_8)));
              }
            });
    return headers;
  }

  /**
   * A number for a message id, always the same. The service promises only that an id is unique
   * within its topic; what it gives out are decimal numbers, and those below 2^62 are taken as they
   * are. Any other id becomes 2^62 plus 62 bits of its SHA-256. So ids of the service never
   * collide; of hashed ones, among a thousand million any two do with a chance of one in ten. Two
   * <em>dead letters</em> of one position would be shown as one; events are told apart by their own
   * ids and never by position.
   */
  static long offset(String messageId) {
    long number = messageId.startsWith("0") && messageId.length() > 1 ? -1 : number(messageId);
    if (number >= 0 && number < HASHED) {
      return number;
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(messageId.getBytes(UTF_8));
      // The end of a range is open where it is the largest number, so no position is that.
      return Math.min(
          HASHED | (ByteBuffer.wrap(digest).getLong() & (HASHED - 1)), Long.MAX_VALUE - 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The number, or -1 if the text is none that fits. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > MAX_DIGITS) {
      return -1;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return -1;
      }
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
