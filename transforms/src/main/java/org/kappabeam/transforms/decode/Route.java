package org.kappabeam.transforms.decode;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.EventType;

/**
 * Where the events of one type go: to the shards of a key, as values of the stage there.
 *
 * @param <E> the events
 * @param <T> what the stage takes
 */
@AutoValue
public abstract class Route<E, T> implements Serializable {

  public abstract EventType<E> type();

  /** The key of the first keyed stage. */
  public abstract SerializableFunction<E, String> key();

  /** From the event to what that stage takes. */
  public abstract SerializableFunction<E, T> mapping();

  public abstract Coder<T> coder();

  /** Under this tag they leave {@link DecodeLog}. */
  public abstract TupleTag<KV<Integer, Batch<T>>> tag();

  public static <E> Route<E, E> of(EventType<E> type, SerializableFunction<E, String> key) {
    return of(type, key, event -> event, type.coder());
  }

  public static <E, T> Route<E, T> of(
      EventType<E> type,
      SerializableFunction<E, String> key,
      SerializableFunction<E, T> mapping,
      Coder<T> coder) {
    return new AutoValue_Route<>(type, key, mapping, coder, new TupleTag<>() {});
  }
}
