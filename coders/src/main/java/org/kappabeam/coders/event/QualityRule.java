package org.kappabeam.coders.event;

import com.google.auto.value.AutoValue;
import java.io.Serializable;

/** A named condition every event of a type must satisfy. */
@AutoValue
public abstract class QualityRule<E> implements Serializable {

  /** Stable, unique, as it appears in dead letters: {@code transaction.amount-in-range}. */
  public abstract String id();

  /** What must hold, for people. */
  public abstract String description();

  abstract Condition<E> condition();

  public final boolean holds(E event) {
    return condition().test(event);
  }

  public static <E> QualityRule<E> of(String id, String description, Condition<E> condition) {
    return new AutoValue_QualityRule<>(id, description, condition);
  }

  /** A pure, serializable predicate. */
  @FunctionalInterface
  public interface Condition<E> extends Serializable {
    boolean test(E event);
  }
}
