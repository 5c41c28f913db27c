package org.kappabeam.pipelines.replay;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.deadletter.Repair;
import org.kappabeam.transforms.deadletter.Repairs;
import org.kappabeam.transforms.view.ViewStore;

/**
 * Gives refused records another chance. The log keeps what it has; the repairs lie beside the views
 * and are part of every later plan. So a generation built by it has the repaired records at their
 * own positions and log times, once, however often anything is run again.
 */
public final class Redrive {
  private static final String STEP = "redrive";

  private final ViewStore store;
  private final Lifecycle lifecycle;
  private final int generation;

  /**
   * Redrives the dead letters of a generation.
   *
   * @param store opened for that generation
   */
  public Redrive(ViewStore store, Lifecycle lifecycle, int generation) {
    this.store = store;
    this.lifecycle = lifecycle;
    this.generation = generation;
  }

  /** All dead letters, in the order of their positions' texts. */
  public void each(Consumer<RefusedRecord> consumer) {
    store.scan(DeadLetterView.schema(), false, row -> consumer.accept(RefusedRecord.of(row)));
  }

  /**
   * What came of it.
   *
   * @param repaired noted now
   * @param unchanged as they were refused, or noted before
   */
  public record Result(int repaired, int unchanged) {}

  /**
   * Notes repairs. Killed at any point and run again it notes those that are missing.
   *
   * @param values the repaired bytes by position
   * @param because why they are right
   * @throws KappaException if a position is not that of a record this generation refused; then
   *     nothing was noted
   */
  public Result note(Map<String, byte[]> values, String because) {
    Map<String, RefusedRecord> refused = new TreeMap<>();
    each(
        letter -> {
          if (values.containsKey(letter.position())) {
            refused.put(letter.position(), letter);
          }
        });
    for (String position : values.keySet()) {
      RefusedRecord letter = refused.get(position);
      if (letter == null || !letter.isRepairable()) {
        throw new KappaException(
            letter == null
                ? "generation %d has no dead letter at %s".formatted(generation, position)
                : "the dead letter %s is no record that other bytes could repair (%s)"
                    .formatted(position, letter.reason()),
            "take positions from kappa redrive --export");
      }
    }
    Map<String, Repair> known = new HashMap<>();
    lifecycle.repairs().forEach(repair -> known.put(repair.position(), repair));
    Map<String, byte[]> due = new TreeMap<>(values);
    due.entrySet()
        .removeIf(
            each -> {
              Repair last = known.get(each.getKey());
              return Arrays.equals(each.getValue(), refused.get(each.getKey()).value())
                  || (last != null && Arrays.equals(each.getValue(), last.bytes()));
            });
    requireRoom(known, due);
    if (!due.isEmpty()) {
      // First, so that no repair is without its line in the trail; a second run tells of the rest.
      lifecycle.note(
          STEP, generation, "%,d dead letters repaired: %s".formatted(due.size(), because));
    }
    due.forEach(
        (position, value) -> {
          RefusedRecord letter = refused.get(position);
          lifecycle.repair(position, value, letter.reason() + ": " + letter.detail(), because);
        });
    return new Result(due.size(), values.size() - due.size());
  }

  /** Every worker of a replay holds all repairs. */
  private static void requireRoom(Map<String, Repair> known, Map<String, byte[]> due) {
    Map<String, Long> sizes = new HashMap<>();
    known.forEach((position, repair) -> sizes.put(position, (long) repair.bytes().length));
    due.forEach((position, value) -> sizes.put(position, (long) value.length));
    long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
    if (sizes.size() > Repairs.MAX_REPAIRS || bytes > Repairs.MAX_BYTES) {
      throw new KappaException(
          "%,d repairs of %,d bytes are more than the %,d of %,d that a replay can hold"
              .formatted(sizes.size(), bytes, Repairs.MAX_REPAIRS, Repairs.MAX_BYTES),
          "teach the program to read such records instead, and replay");
    }
  }
}
