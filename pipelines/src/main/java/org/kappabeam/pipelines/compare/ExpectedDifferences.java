package org.kappabeam.pipelines.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;

/**
 * What a change of logic is meant to change, written down before the comparison: whatever else
 * differs fails it. A JSON file:
 *
 * <pre>
 * {"format": "kappa-expected-differences", "version": 1,
 *  "expected": [
 *    {"view": "alerts", "kind": "CHANGED", "columns": ["value", "rule_limit", "reason"],
 *     "where": {"rule": "SPENDING_SPIKE"}, "because": "the limit is 5 times the mean now"},
 *    {"view": "alerts", "kind": "REMOVED", "where": {"rule": "SPENDING_SPIKE"}}]}
 * </pre>
 *
 * @param format {@link #FORMAT}
 * @param version of the format
 * @param expected a difference is expected if one of these covers it
 */
public record ExpectedDifferences(String format, int version, List<Expected> expected)
    implements Serializable {
  static final String FORMAT = "kappa-expected-differences";
  static final int VERSION = 1;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  /**
   * One kind of difference.
   *
   * @param view whose rows
   * @param kind of the difference
   * @param columns CHANGED only: those that may differ, no others
   * @param where column → value as text, of the row before or after; all must hold
   * @param because for the reader
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Expected(
      @JsonProperty(required = true) String view,
      @JsonProperty(required = true) Difference.Kind kind,
      @Nullable List<String> columns,
      @Nullable Map<String, String> where,
      @Nullable String because)
      implements Serializable {

    /** A typing error here would let nothing pass, or be overlooked. */
    private void check(String source, List<ViewSchema> views) {
      ViewSchema schema =
          views.stream()
              .filter(each -> each.name().equals(view))
              .findFirst()
              .orElseThrow(
                  () ->
                      new KappaException(
                          source + " names a view '" + view + "' that there is not",
                          "use one of " + views.stream().map(ViewSchema::name).toList()));
      Set<String> known = new HashSet<>(List.of(schema.keyColumn()));
      schema.columns().forEach(column -> known.add(column.name()));
      Set<String> named = new HashSet<>(columns == null ? List.of() : columns);
      named.addAll(where == null ? Set.of() : where.keySet());
      named.removeAll(known);
      if (!named.isEmpty()) {
        throw new KappaException(
            source + " names columns " + named + " that view " + view + " has not",
            "use some of " + known);
      }
      if (kind == Difference.Kind.CHANGED && columns == null) {
        throw new KappaException(
            source + " expects rows of view " + view + " to be CHANGED, but not which columns",
            "add \"columns\": [...]");
      }
    }

    boolean covers(String differing, Difference.Kind how, Set<String> changed, Conditions row) {
      return view.equals(differing)
          && kind == how
          && (how != Difference.Kind.CHANGED
              || (columns != null && new HashSet<>(columns).containsAll(changed)))
          && (where == null
              || where.entrySet().stream()
                  .allMatch(each -> row.holds(each.getKey(), each.getValue())));
    }
  }

  /** The values of the row that conditions are about. */
  interface Conditions {
    boolean holds(String column, String value);
  }

  /** Nothing may differ. */
  public static ExpectedDifferences none() {
    return new ExpectedDifferences(FORMAT, VERSION, List.of());
  }

  /**
   * Reads the file's text.
   *
   * @param source for messages
   * @param views that there are
   * @throws KappaException if it is not of that form, or names a view or column that there is not
   */
  public static ExpectedDifferences parse(String source, String json, List<ViewSchema> views) {
    ExpectedDifferences parsed;
    try {
      parsed = MAPPER.readValue(json, ExpectedDifferences.class);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new KappaException(
          source + " cannot be read" + where + ": " + e.getOriginalMessage(),
          "see docs/operations.md for its form",
          e);
    }
    if (!FORMAT.equals(parsed.format) || parsed.version != VERSION || parsed.expected == null) {
      throw new KappaException(
          source + " is no " + FORMAT + " of version " + VERSION,
          "see docs/operations.md for its form");
    }
    parsed.expected.forEach(each -> each.check(source, views));
    return parsed;
  }

  boolean cover(String view, Difference.Kind kind, Set<String> changed, Conditions row) {
    return expected.stream().anyMatch(each -> each.covers(view, kind, changed, row));
  }
}
