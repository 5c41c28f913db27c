package org.kappabeam.terraform.hcl;

import java.util.List;

/**
 * {@code type "label" { … }}.
 *
 * @param line where it begins, from 1
 */
public record Block(String type, List<String> labels, Body body, int line) {
  public Block {
    labels = List.copyOf(labels);
  }

  /** The label at that place, or an empty text if there is none. */
  public String label(int index) {
    return index < labels.size() ? labels.get(index) : "";
  }
}
