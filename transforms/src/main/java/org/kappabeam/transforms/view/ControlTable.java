package org.kappabeam.transforms.view;

import java.util.List;
import java.util.Optional;

/**
 * Small texts beside the views, for what has to be agreed on: plans, states of generations, leases,
 * the audit trail. A text changes by compare-and-set only, so of any number of clients who act on
 * the same version one succeeds. Kept in the table {@code kappa_control}, whatever the generation.
 *
 * <p>All methods throw {@link org.kappabeam.coders.KappaException} as those of {@link ViewStore}
 * do.
 */
public interface ControlTable {
  /** The version of a text that is not there. */
  long ABSENT = 0;

  /**
   * A text as it was read.
   *
   * @param version from 1, one more with every change
   */
  record Document(String key, long version, String text) {}

  /** The newest version, as of every {@link #put} that has returned. */
  Optional<Document> get(String key);

  /**
   * Writes the version after the expected one, unless somebody else has. After a failure it is not
   * known whether it was written: look.
   *
   * @param key plain ASCII, parts separated by slashes
   * @param expected the version that was read, or {@link #ABSENT}
   * @return whether it was written
   */
  boolean put(String key, long expected, String text);

  /** All texts whose keys begin like that, in the order of keys. */
  List<Document> list(String prefix);
}
