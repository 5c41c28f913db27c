package org.kappabeam.pipelines.pilot;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A small table in columns, for terminals. */
public final class TextTable {
  private static final String INDENT = "  ";

  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  private TextTable(String... columns) {
    right = new boolean[columns.length];
    String[] titles = new String[columns.length];
    for (int i = 0; i < columns.length; i++) {
      right[i] = columns[i].charAt(0) == '>';
      titles[i] = columns[i].substring(1);
    }
    rows.add(titles);
  }

  /**
   * An empty table.
   *
   * @param columns the titles, each behind {@code <} for left or {@code >} for right alignment
   */
  public static TextTable of(String... columns) {
    return new TextTable(columns);
  }

  /** Adds a row with one cell per column. */
  public TextTable row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells in " + right.length + " columns");
    }
    rows.add(cells.clone());
    return this;
  }

  /** Writes titles and rows, indented, without spaces at the ends of lines. */
  public void write(PrintWriter out) {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(INDENT).append(right[i] ? padding + row[i] : row[i] + padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
