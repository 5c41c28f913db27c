package org.kappabeam.coders.event;

import java.io.Serializable;
import java.util.List;
import org.kappabeam.coders.CompactCoder;

/**
 * Everything the graph has to know about one kind of event: the one class besides the event itself
 * that a new pilot writes. How messages are read and written in each format follows from the schema
 * files. Stateless; all implementations are singletons.
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

  /** All versions of its schema; its fields are those of the newest. */
  public abstract EventSchemas schemas();

  /** The event with these fields, which all have a value; {@link #rules} are checked after it. */
  public abstract E read(FieldValues fields);

  /** Sets all fields. */
  public abstract void write(E event, FieldValues fields);
}
