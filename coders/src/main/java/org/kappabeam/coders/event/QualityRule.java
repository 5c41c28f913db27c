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

  abstract Shown<E> shown();

  public final boolean holds(E event) {
    return condition().test(event);
  }

  /** What the rule looked at, for the dead letter: the values it judged. */
  public final String show(E event) {
    return String.valueOf(shown().of(event));
  }

  /** A rule whose dead letters show the whole event. */
  public static <E> QualityRule<E> of(String id, String description, Condition<E> condition) {
    return of(id, description, event -> event, condition);
  }

  /** A rule whose dead letters show what {@code shown} takes from the event. */
  public static <E> QualityRule<E> of(
      String id, String description, Shown<E> shown, Condition<E> condition) {
    return new AutoValue_QualityRule<>(id, description, condition, shown);
  }

  /** A pure, serializable predicate. */
  @FunctionalInterface
  public interface Condition<E> extends Serializable {
    boolean test(E event);
  }

  /** Takes the judged value or values from an event; pure and serializable. */
  @FunctionalInterface
  public interface Shown<E> extends Serializable {
    Object of(E event);
  }
}
