package org.kappabeam.pipelines.replay;

import java.util.Locale;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.pipelines.compare.Difference;
import org.kappabeam.pipelines.compare.ViewParity;

/** A comparison as one HTML page that needs nothing else. */
public final class ComparisonPage {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
      table{border-collapse:collapse;margin:.5em 0 1.5em}
      th,td{padding:.25em .75em;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}
      td.n{text-align:right;font-variant-numeric:tabular-nums}
      .bar{display:flex;height:1em;width:30em;background:#eee}
      .bar i{display:block;height:100%}
      .equal{background:#4a9}.expected{background:#ec5}.unexpected{background:#d43}
      .passed{color:#276}.failed{color:#b21}
      """;

  private ComparisonPage() {}

  /** The page. */
  public static String of(String pilot, Comparison comparison) {
    StringBuilder page = new StringBuilder(4096);
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
        .append(text(title(pilot, comparison)))
        .append("</title><style>")
        .append(STYLE)
        .append("</style><h1>")
        .append(text(title(pilot, comparison)))
        .append("</h1><p class=\"")
        .append(
            comparison.passed()
                ? "passed\">Passed: nothing differs but what was expected to."
                : "failed\">Failed: something differs that nobody expected, or nothing was compared.")
        .append("</p><p>")
        .append(text("Compared by %s at %s. ".formatted(comparison.by(), comparison.at())))
        .append(
            text(
                comparison.completeUntil() == null
                    ? "All rows were compared."
                    : "Rows of " + comparison.completeUntil() + " and later were left out."))
        .append("</p><table><tr><th>view<th>equal<th>removed<th>added<th>changed<th>unexpected")
        .append("<th>left out<th>");
    for (ViewParity view : comparison.views()) {
      page.append("<tr><td>").append(text(view.view()));
      for (long n :
          new long[] {
            view.equal(),
            view.removed(),
            view.added(),
            view.changed(),
            view.unexpected(),
            view.leftOut()
          }) {
        page.append("<td class=\"n\">").append("%,d".formatted(n));
      }
      page.append("<td>").append(bar(view));
    }
    page.append("</table>");
    comparison.views().forEach(view -> details(view, page));
    return page.append("</html>\n").toString();
  }

  private static String title(String pilot, Comparison comparison) {
    return "%s: generation %d beside %d".formatted(pilot, comparison.to(), comparison.from());
  }

  /** How large a part of the rows is equal, expected to differ, and not. */
  private static String bar(ViewParity view) {
    long differing = view.removed() + view.added() + view.changed();
    double all = Math.max(1, view.equal() + differing);
    StringBuilder bar = new StringBuilder("<div class=\"bar\">");
    part(bar, "equal", view.equal() / all);
    part(bar, "expected", (differing - view.unexpected()) / all);
    part(bar, "unexpected", view.unexpected() / all);
    return bar.append("</div>").toString();
  }

  private static void part(StringBuilder bar, String kind, double share) {
    if (share > 0) {
      bar.append(
          String.format(
              Locale.ROOT,
              "<i class=\"%s\" title=\"%s\" style=\"width:%.3f%%\"></i>",
              kind,
              kind,
              100 * share));
    }
  }

  private static void details(ViewParity view, StringBuilder page) {
    page.append("<h2>").append(text(view.view())).append("</h2><p>");
    page.append(text("Hash before %s, after %s.".formatted(view.hashBefore(), view.hashAfter())));
    if (!view.newColumns().isEmpty()) {
      page.append(text(" New columns, not compared: " + view.newColumns() + "."));
    }
    page.append("</p>");
    if (!view.changedColumns().isEmpty()) {
      page.append("<table><tr><th>column<th>changed in rows");
      view.changedColumns()
          .forEach(
              (column, rows) ->
                  page.append("<tr><td>")
                      .append(text(column))
                      .append("<td class=\"n\">")
                      .append("%,d".formatted(rows)));
      page.append("</table>");
    }
    if (!view.samples().isEmpty()) {
      page.append("<table><tr><th>key<th>kind<th>expected<th>before<th>after");
      for (Difference each : view.samples()) {
        page.append("<tr><td>")
            .append(text(each.key()))
            .append("<td>")
            .append(each.kind())
            .append("<td>")
            .append(each.expected() ? "yes" : "no")
            .append("<td>")
            .append(values(each.before()))
            .append("<td>")
            .append(values(each.after()));
      }
      page.append("</table>");
    }
  }

  private static String values(@Nullable Map<String, String> values) {
    StringBuilder lines = new StringBuilder();
    if (values != null) {
      values.forEach((column, value) -> lines.append(text(column + " = " + value)).append("<br>"));
    }
    return lines.toString();
  }

  /** What comes from rows is hostile. */
  private static String text(String raw) {
    return raw.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
