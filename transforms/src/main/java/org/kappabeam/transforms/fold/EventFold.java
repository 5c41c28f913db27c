package org.kappabeam.transforms.fold;

import org.apache.beam.sdk.coders.Coder;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;

/**
 * A {@link Fold} over one type of raw events: coder, id, time and messages are the type's. What
 * remains to be said is the key, how far an event reaches, and the row.
 *
 * @param <E> the events
 * @param <R> the rows
 */
public abstract class EventFold<E, R> extends Fold<E, R> {
  private final EventType<E> type;

  protected EventFold(EventType<E> type) {
    this.type = type;
  }

  @Override
  public final Coder<E> eventCoder() {
    return type.coder();
  }

  @Override
  public final long time(E event) {
    return type.eventTime(event);
  }

  @Override
  public final String id(E event) {
    return type.id(event);
  }

  @Override
  public final byte[] toMessage(E event) {
    return new EventEncoder().encode(type, event, MessageFormat.JSON);
  }
}
