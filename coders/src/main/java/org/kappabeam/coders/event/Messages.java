package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** What reader and writer of messages agree on. */
final class Messages {
  /** The first two bytes of Avro's single-object encoding. */
  static final int AVRO_MARK_0 = 0xC3;

  static final int AVRO_MARK_1 = 0x01;

  /** The mark and the fingerprint. */
  static final int AVRO_HEADER = 10;

  /** The zero byte and the schema's id of Confluent's wire format. */
  static final int CONFLUENT_HEADER = 5;

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

  /**
   * The schema of a log in plain Avro: that of its only event type, or the union of theirs.
   *
   * @param text what it was written with, or null for the newest versions
   * @throws KappaException if the text is no Avro schema
   */
  static Schema plainSchema(@Nullable String text, List<EventType<?>> types) {
    if (text != null) {
      try {
        return new Schema.Parser().parse(text);
      } catch (AvroRuntimeException e) {
        throw new KappaException(
            "the schema given for the log's messages is no Avro schema: " + e.getMessage(),
            "give the schema they were written with, in Avro's JSON",
            e);
      }
    }
    List<Schema> schemas = types.stream().map(type -> type.schemas().newest().avro()).toList();
    return schemas.size() == 1 ? schemas.get(0) : Schema.createUnion(schemas);
  }

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }
}
