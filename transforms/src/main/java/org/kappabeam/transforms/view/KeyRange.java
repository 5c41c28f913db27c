package org.kappabeam.transforms.view;

import com.google.auto.value.AutoValue;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A half-open range of keys in key order; a missing end is open. */
@AutoValue
public abstract class KeyRange {
  /** The first key in the range, or {@code null} for the beginning. */
  public abstract @Nullable String from();

  /** The first key behind the range, or {@code null} for the end. */
  public abstract @Nullable String until();

  public static KeyRange of(@Nullable String from, @Nullable String until) {
    return new AutoValue_KeyRange(from, until);
  }

  public static KeyRange all() {
    return of(null, null);
  }
}
