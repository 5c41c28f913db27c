package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.pipelines.compare.ViewParity;

/**
 * The proof, or the refusal, that one generation may take the place of another.
 *
 * @param from the generation that people read
 * @param to the one that is to take its place
 * @param fromPlan the plan that {@code from} was built by, if any
 * @param toPlan the plan that {@code to} was built by, if any
 * @param completeUntil rows of this event time and later were left out: not all of their events
 *     have been read in both; null if all rows were compared
 * @param passed whether nothing differs but what was expected to
 * @param views what was found, per view
 * @param by who compared
 * @param at when
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "from",
  "to",
  "fromPlan",
  "toPlan",
  "completeUntil",
  "passed",
  "views",
  "by",
  "at"
})
public record Comparison(
    int from,
    int to,
    @Nullable String fromPlan,
    @Nullable String toPlan,
    @Nullable String completeUntil,
    boolean passed,
    List<ViewParity> views,
    String by,
    String at) {

  /** The result as a readable file. */
  public String toJson() {
    return Json.write(this) + "\n";
  }
}
