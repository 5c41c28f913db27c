package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** What reader and writer of messages agree on. */
final class Messages {
  /** The first two bytes of Avro's single-object encoding. */
  static final int AVRO_MARK_0 = 0xC3;

  static final int AVRO_MARK_1 = 0x01;

  /** The mark and the fingerprint. */
  static final int AVRO_HEADER = 10;

  static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // Names come from strangers: they must neither stay in the JVM's table of interned
          // strings, nor make the parser's own table refuse later messages.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxNumberLength(40)
                  .maxStringLength(1 << 20)
                  .build())
          .build();

  private Messages() {}

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }
}
