package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;
import org.kappabeam.coders.CompactCoder;

/**
 * Everything the graph has to know about one kind of event: the one class besides the event itself
 * that a new pilot writes. Stateless; all implementations are singletons.
 */
public abstract class EventType<E> implements Serializable {

  /** The name in messages ({@code "type"} of a JSON message), counters and dead letters. */
  public abstract String name();

  public abstract Class<E> javaType();

  public abstract CompactCoder<E> coder();

  /** What makes the event distinct: a second record with this id is a duplicate or a conflict. */
  public abstract String id(E event);

  /** When it happened, milliseconds since the epoch. */
  public abstract long eventTime(E event);

  /** What a decoded event must satisfy; the first rule it breaks is its dead letter's reason. */
  public abstract List<QualityRule<E>> rules();

  /** The current schema of its Avro messages. */
  public abstract Schema avroSchema();

  /** Reads the fields in the order of {@link #avroSchema}; the schema's fingerprint was checked. */
  public abstract E readAvro(Decoder in) throws IOException;

  public abstract void writeAvro(E event, Encoder out) throws IOException;

  /**
   * Reads the fields of a JSON object up to and including its closing brace. The opening brace and
   * the field {@code "type"}, which comes first, have been read.
   *
   * @throws DecodeException if a field is missing, unknown, repeated, of the wrong type or too long
   */
  public abstract E readJson(JsonParser in) throws IOException, DecodeException;

  /** Writes the fields behind {@code "type"}; the braces are the caller's. */
  public abstract void writeJson(E event, JsonGenerator out) throws IOException;
}
