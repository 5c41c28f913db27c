package org.kappabeam.terraform.check;

import java.util.ArrayList;
import java.util.List;

/** What is wrong, a line each: where, what, and what to do. */
public final class Findings {
  private final List<String> lines = new ArrayList<>();

  void add(String where, String what) {
    lines.add(where + ": " + what);
  }

  /** Adds a line unless what is asked for holds. */
  void require(boolean holds, String where, String what) {
    if (!holds) {
      add(where, what);
    }
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }
}
