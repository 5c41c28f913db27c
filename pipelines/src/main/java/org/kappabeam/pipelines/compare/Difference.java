package org.kappabeam.pipelines.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One row that is not the same in two generations.
 *
 * @param key of the row
 * @param kind what is the matter
 * @param expected whether somebody said that it would be so
 * @param before the differing columns as they were, or all if the row is gone; values as text
 * @param after the same as they are now, or all if the row is new
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"key", "kind", "expected", "before", "after"})
public record Difference(
    String key,
    Kind kind,
    boolean expected,
    @Nullable Map<String, String> before,
    @Nullable Map<String, String> after)
    implements Serializable {

  /** How rows can differ. */
  public enum Kind {
    /** Only in the older generation. */
    REMOVED,
    /** Only in the newer one. */
    ADDED,
    /** In both, with other values. */
    CHANGED
  }
}
