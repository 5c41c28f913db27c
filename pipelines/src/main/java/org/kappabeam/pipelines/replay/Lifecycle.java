package org.kappabeam.pipelines.replay;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.deadletter.Repair;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ControlTable.Document;

/**
 * What is agreed on about the generations of one pilot, kept beside its views: their states, the
 * plans they were built by, comparisons, who builds what, and the audit trail. Every change is a
 * compare-and-set, so any number of people may act at once.
 */
public final class Lifecycle {
  private final ControlTable control;
  private final String pilot;
  private final Clock clock;

  /**
   * What is kept for one pilot.
   *
   * @param clock for leases and for the times people read; decides nothing in a view
   */
  public Lifecycle(ControlTable control, String pilot, Clock clock) {
    this.control = control;
    this.pilot = pilot;
    this.clock = clock;
  }

  String now() {
    return clock.instant().toString();
  }

  long millis() {
    return clock.millis();
  }

  // ---- generations

  /** What is known of a generation. */
  public Optional<Generation> generation(int number) {
    return control.get(generationKey(number)).map(found -> read(found, Generation.class));
  }

  /** All that is known of, in order. */
  public List<Generation> generations() {
    return control.list("generation/" + pilot + "/").stream()
        .map(found -> read(found, Generation.class))
        .toList();
  }

  /**
   * Changes what is known of a generation.
   *
   * @param change from the present state, {@code null} if there is none, to the new one
   */
  Generation change(int number, UnaryOperator<@Nullable Generation> change) {
    String key = generationKey(number);
    while (true) {
      Optional<Document> old = control.get(key);
      Generation changed =
          change.apply(old.map(found -> read(found, Generation.class)).orElse(null));
      if (control.put(key, version(old), Json.write(changed))) {
        return changed;
      }
    }
  }

  private String generationKey(int number) {
    return "generation/%s/%06d".formatted(pilot, number);
  }

  // ---- plans

  /** The plan a generation is built by. */
  public Optional<ReplayPlan> plan(int generation) {
    return control
        .get(planKey(generation))
        .map(found -> ReplayPlan.parse(found.key(), found.text()));
  }

  void keep(ReplayPlan plan) {
    String key = planKey(plan.generation());
    Optional<Document> old = control.get(key);
    if (old.isEmpty() || !old.get().text().equals(plan.toJson())) {
      require(control.put(key, version(old), plan.toJson()));
    }
  }

  private String planKey(int generation) {
    return "plan/%s/%06d".formatted(pilot, generation);
  }

  // ---- repairs of dead letters

  /** The last repair of each record, in the order of their positions: what a plan takes up. */
  public List<Repair> repairs() {
    return control.list("repair/" + pilot + "/").stream()
        .map(found -> read(found, RepairNote.class).repair())
        .sorted(Comparator.comparing(Repair::position))
        .toList();
  }

  /**
   * Notes a repair in the place of the record's last one.
   *
   * @param was why the record was refused
   * @param because why these bytes are right
   */
  void repair(String position, byte[] value, String was, String because) {
    String key = "repair/" + pilot + "/" + position;
    Optional<Document> old = control.get(key);
    int attempt = old.map(found -> read(found, RepairNote.class).repair().attempt()).orElse(0) + 1;
    RepairNote note =
        new RepairNote(Repair.of(position, attempt, value, was), because, now(), Who.name());
    require(control.put(key, version(old), Json.write(note)));
  }

  // ---- comparisons

  /** The last comparison of two generations. */
  public Optional<Comparison> comparison(int from, int to) {
    return control.get(comparisonKey(from, to)).map(found -> read(found, Comparison.class));
  }

  /** The last comparison of any generation with this one. */
  public Optional<Comparison> comparisonWith(int to) {
    return control.list("comparison/%s/%06d/".formatted(pilot, to)).stream()
        .map(found -> read(found, Comparison.class))
        .max(Comparator.comparing(Comparison::at));
  }

  void keep(Comparison comparison) {
    String key = comparisonKey(comparison.from(), comparison.to());
    Optional<Document> old = control.get(key);
    require(control.put(key, version(old), Json.write(comparison)));
  }

  private String comparisonKey(int from, int to) {
    return "comparison/%s/%06d/%06d".formatted(pilot, to, from);
  }

  // ---- the pointer's past

  /**
   * Where the pointer was before, as it was last noted.
   *
   * @param shown the generation that the store shows
   */
  Pointer pointer(int shown) {
    return control
        .get(pointerKey())
        .map(found -> read(found, Pointer.class))
        .orElse(Pointer.at(shown));
  }

  void keep(Pointer pointer) {
    Optional<Document> old = control.get(pointerKey());
    require(control.put(pointerKey(), version(old), Json.write(pointer)));
  }

  private String pointerKey() {
    return "pointer/" + pilot;
  }

  // ---- leases

  /**
   * Takes the lease on building a generation, or renews it.
   *
   * @throws KappaException if somebody else has it
   */
  void lease(int generation) {
    String key = leaseKey(generation);
    Optional<Document> old = control.get(key);
    Lease mine = Lease.mine(millis());
    if (old.isPresent() && !old.get().text().isEmpty()) {
      Lease held = read(old.get(), Lease.class);
      if (!held.isOf(mine) && !held.isOver(millis())) {
        throw new KappaException(
            "generation %d is being built by %s (process %d)"
                .formatted(generation, held.by(), held.process()),
            "wait for it, or end it and try again in a minute");
      }
    }
    require(control.put(key, version(old), Json.write(mine)));
  }

  void release(int generation) {
    String key = leaseKey(generation);
    Optional<Document> old = control.get(key);
    if (old.isPresent()
        && !old.get().text().isEmpty()
        && read(old.get(), Lease.class).isOf(Lease.mine(millis()))) {
      // If somebody has taken it over in this moment, it stays theirs.
      control.put(key, old.get().version(), "");
    }
  }

  private String leaseKey(int generation) {
    return "lease/%s/%06d".formatted(pilot, generation);
  }

  // ---- the audit trail

  /** Every step there was, in order. */
  public List<AuditEntry> audit() {
    return control.list("audit/" + pilot + "/").stream()
        .map(found -> read(found, AuditEntry.class))
        .toList();
  }

  /** Adds a step to the trail. */
  void note(String step, int generation, String outcome) {
    String plan = generation(generation).map(Generation::plan).orElse(null);
    long number = 1;
    List<Document> trail = control.list("audit/" + pilot + "/");
    if (!trail.isEmpty()) {
      number = read(trail.get(trail.size() - 1), AuditEntry.class).number() + 1;
    }
    while (!control.put(
        "audit/%s/%010d".formatted(pilot, number),
        ControlTable.ABSENT,
        Json.write(new AuditEntry(number, now(), Who.name(), step, generation, outcome, plan)))) {
      number++;
    }
  }

  // ---- common

  private static long version(Optional<Document> document) {
    return document.map(Document::version).orElse(ControlTable.ABSENT);
  }

  private static <T> T read(Document document, Class<T> type) {
    return Json.read("kappa_control " + document.key(), document.text(), type);
  }

  private static void require(boolean written) {
    if (!written) {
      throw new KappaException(
          "somebody else has acted on the same generation in this moment",
          "look with kappa status, then run the command again if it is still needed");
    }
  }
}
