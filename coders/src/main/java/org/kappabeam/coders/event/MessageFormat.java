package org.kappabeam.coders.event;

/** How events are written as messages. Readers recognise each record's format by themselves. */
public enum MessageFormat {
  /** Avro single-object encoding: C3 01, the schema's CRC-64-AVRO fingerprint, binary body. */
  AVRO,
  /** A JSON object in UTF-8 whose first field is {@code "type"}. */
  JSON
}
