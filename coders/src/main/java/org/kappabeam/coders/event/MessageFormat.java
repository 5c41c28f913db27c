package org.kappabeam.coders.event;

/**
 * How an event is written as a message. What its first bytes tell apart, readers recognise by
 * themselves; the plain formats have to be told by {@link LogFormat}.
 */
public enum MessageFormat {
  /** Avro single-object encoding: C3 01, the schema's CRC-64-AVRO fingerprint, binary body. */
  AVRO,
  /**
   * Avro's binary body alone. In a log of several event types the schema is the union of theirs, so
   * the index of the type comes first.
   */
  AVRO_PLAIN,
  /** Confluent's wire format: 00, the schema's id in a registry as 4 bytes, Avro's binary body. */
  AVRO_CONFLUENT,
  /**
   * A Protobuf message alone. In a log of several event types it is a message with a field for each
   * of them, numbered from 1 in their order, of which one is set.
   */
  PROTOBUF_PLAIN,
  /**
   * Confluent's wire format: 00, the schema's id in a registry as 4 bytes, the path of the message
   * type in its file, the Protobuf message.
   */
  PROTOBUF_CONFLUENT,
  /** A JSON object in UTF-8 whose first field is {@code "type"}. */
  JSON;

  /** Whether messages name their schema by its id in a registry. */
  public boolean needsRegistry() {
    return this == AVRO_CONFLUENT || this == PROTOBUF_CONFLUENT;
  }
}
