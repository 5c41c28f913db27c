package org.kappabeam.transforms.view;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/**
 * A connection to a view store, for one generation ({@link Views#generation}) of its views. Not
 * thread-safe; any number of them, in any number of processes, may work on the same view.
 *
 * <p>Every implementation keeps these promises, and passes {@code ViewContract}:
 *
 * <ul>
 *   <li>Of all rows ever written for a key, in any order, any number of times, by any number of
 *       writers, the one with the highest evidence stays, and of those the one with the highest
 *       {@link ViewRow#fingerprint}; never a mix of two. Evidence is at most 2^50: contradicting
 *       variants add 2^40 each, and few are remembered.
 *   <li>Every value comes back as {@link ViewValues#canonical} of what was written, so two stores
 *       that were given the same rows have the same {@link ViewDigest}.
 *   <li>Key order is the order of the keys' UTF-8 bytes ({@link ViewValues#compareKeys}).
 * </ul>
 *
 * All methods throw {@link KappaException}; its cause is a {@link ViewUnavailableException} if
 * trying again later, on a new connection, may help.
 */
public interface ViewStore extends AutoCloseable {

  /**
   * Makes sure the view's table exists in this generation and has all columns, adding those that an
   * older table lacks; and that the pointer exists. Idempotent, safe in any number of writers at
   * once. A pointer that exists keeps its generation.
   */
  void create(ViewSchema schema);

  /**
   * Moves the pointers of views to this generation: the SQL view {@code <name>} that people query,
   * or what the store has in its place. It shows the columns that the generation has. Readers of a
   * view see either the old generation or the new, never neither; where the store has transactions,
   * all pointers move in one.
   *
   * @param expected the generation that all pointers must show now, or empty for any; a pointer
   *     that shows this generation already is as it should be
   * @return false if a pointer shows another generation; then none has moved
   */
  boolean activate(List<ViewSchema> schemas, OptionalInt expected);

  /** The generations that have a table of this view, in order. */
  SortedSet<Integer> generations(ViewSchema schema);

  /**
   * The view as this generation holds it: the schema without the columns that the table lacks.
   * Empty if there is no table.
   */
  Optional<ViewSchema> stored(ViewSchema schema);

  /**
   * Removes this generation's table of the view, if there is one.
   *
   * @throws KappaException if the pointer shows it
   */
  void drop(ViewSchema schema);

  /** The texts that are kept beside the views; made on first use. */
  ControlTable control();

  /** The generation the pointer shows, or empty if there is no pointer yet. */
  OptionalInt activeGeneration(ViewSchema schema);

  /**
   * Writes rows. All of them are in the store when this returns, none if one does not fit the
   * schema. A store that has transactions writes them in one; in others, a reader may see some
   * before the rest, and a failure may leave some behind, to be written again.
   */
  void upsert(ViewSchema schema, List<ViewRow> rows);

  /**
   * Hands over the rows of a key range, in key order and without holding them all in memory. The
   * consumer must not use this store.
   */
  void scan(
      ViewSchema schema, KeyRange range, boolean includeWithdrawn, Consumer<ViewRow> consumer);

  /** All rows, in key order. */
  default void scan(ViewSchema schema, boolean includeWithdrawn, Consumer<ViewRow> consumer) {
    scan(schema, KeyRange.all(), includeWithdrawn, consumer);
  }

  /** How many rows are not withdrawn. */
  long count(ViewSchema schema);

  /**
   * Cuts the key space into consecutive ranges of about the same number of rows, for parallel
   * reading.
   *
   * @param n how many at most; at least 1
   */
  List<KeyRange> ranges(ViewSchema schema, int n);

  @Override
  void close();
}
