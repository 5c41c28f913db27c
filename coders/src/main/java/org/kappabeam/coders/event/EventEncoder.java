package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;

/** Writes events as messages that {@link EventDecoder} reads. Not thread-safe. */
public final class EventEncoder {
  private final ByteWriter out = new ByteWriter(256);
  private final Map<EventType<?>, Long> fingerprints = new HashMap<>();
  private @Nullable BinaryEncoder binary;

  /** The message, equal bytes for equal events. */
  public <E> byte[] encode(EventType<E> type, E event, MessageFormat format) {
    out.reset();
    try {
      switch (format) {
        case AVRO -> writeAvro(type, event);
        case JSON -> writeJson(type, event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a " + type.name() + " cannot be written", e);
    }
    return out.toByteArray();
  }

  private <E> void writeAvro(EventType<E> type, E event) throws IOException {
    out.write(Messages.AVRO_MARK_0);
    out.write(Messages.AVRO_MARK_1);
    long fingerprint =
        fingerprints.computeIfAbsent(type, t -> Messages.fingerprint(t.avroSchema()));
    out.writeFixedLong(Long.reverseBytes(fingerprint));
    binary = EncoderFactory.get().directBinaryEncoder(out, binary);
    type.writeAvro(event, binary);
    binary.flush();
  }

  private <E> void writeJson(EventType<E> type, E event) throws IOException {
    try (JsonGenerator json = Messages.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", type.name());
      type.writeJson(event, json);
      json.writeEndObject();
    }
  }
}
