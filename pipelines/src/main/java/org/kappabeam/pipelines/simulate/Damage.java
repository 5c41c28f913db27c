package org.kappabeam.pipelines.simulate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;

/**
 * Damaged copies of messages. Each way of damage is refused by construction, not just probably: the
 * good events of a log stay the same whatever is damaged beside them.
 */
final class Damage {
  private static final int WAYS = 6;

  /** Within the header and the first field. */
  private static final int PROTOBUF_CUT = 8;

  private final EventEncoder encoder;

  /**
   * @param encoder of the log that is damaged
   */
  Damage(EventEncoder encoder) {
    this.encoder = encoder;
  }

  /**
   * Forms of an event that no decoder may accept.
   *
   * @param invalid well-formed, but breaks a quality rule
   * @param wronglyTyped a JSON message with a word for a number
   */
  record Broken<E>(E invalid, String wronglyTyped) {}

  static Broken<Transaction> of(Transaction t) {
    return new Broken<>(
        Transaction.of(
            t.id(),
            t.eventTime(),
            t.customerId(),
            t.terminalId(),
            -1 - t.amountCents(),
            t.merchantCategory()),
        "{\"type\":\"transaction\",\"amountCents\":\"much\",\"eventTime\":" + t.eventTime() + "}");
  }

  static Broken<FraudLabel> of(FraudLabel l) {
    return new Broken<>(
        FraudLabel.of(
            l.transactionId(), l.terminalId(), l.transactionTime(), l.transactionTime() - 1),
        "{\"type\":\"fraud_label\",\"eventTime\":\"later\"}");
  }

  <E> byte[] copy(
      EventType<E> type,
      E event,
      Broken<E> broken,
      MessageFormat format,
      byte[] message,
      Dice dice) {
    return switch (dice.below(WAYS)) {
      case 0 -> truncated(format, message, dice);
      case 1 -> showsItself(format) ? flipped(message, dice) : noise(dice);
      case 2 -> noise(dice);
      case 3 -> broken.wronglyTyped().getBytes(StandardCharsets.UTF_8);
      case 4 -> ofUnknownSchema(encoder.encode(type, event, MessageFormat.AVRO));
      default -> encoder.encode(type, broken.invalid(), format);
    };
  }

  /** What has no mark in front may be taken for another event with one bit turned. */
  private static boolean showsItself(MessageFormat format) {
    return format != MessageFormat.AVRO_PLAIN && format != MessageFormat.PROTOBUF_PLAIN;
  }

  /**
   * Most formats need their last byte: Avro for its last field, JSON for its closing brace, a
   * Protobuf event for the length in front of it. Where there is no such length, an end between two
   * fields is no end too early: so it is cut where fields that must be there are still to come.
   */
  private static byte[] truncated(MessageFormat format, byte[] message, Dice dice) {
    int longest = format == MessageFormat.PROTOBUF_CONFLUENT ? PROTOBUF_CUT : message.length - 1;
    return Arrays.copyOf(message, 1 + dice.below(longest));
  }

  /** No single bit of C3, 0 or an open brace makes what another format's messages begin with. */
  private static byte[] flipped(byte[] message, Dice dice) {
    byte[] copy = message.clone();
    copy[0] ^= (byte) (1 << dice.below(8));
    return copy;
  }

  /** No format starts with FF. */
  private static byte[] noise(Dice dice) {
    byte[] noise = new byte[1 + dice.below(64)];
    dice.fill(noise);
    noise[0] = (byte) 0xFF;
    return noise;
  }

  /** A fingerprint turned over; no event type here has it. */
  private static byte[] ofUnknownSchema(byte[] avro) {
    byte[] copy = avro.clone();
    for (int i = 2; i < 10; i++) {
      copy[i] ^= (byte) 0xFF;
    }
    return copy;
  }
}
