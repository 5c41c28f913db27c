package org.kappabeam.pipelines.replay;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** On a real SQLite file. */
class LifecycleTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path dir;
  private ViewStore store;
  private ControlTable control;

  @BeforeEach
  void open() {
    store = views().open();
    control = store.control();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Views views() {
    return Views.at("sqlite:" + dir.resolve("views.db"), 1);
  }

  private Lifecycle at(Instant now) {
    return new Lifecycle(control, "fraud", Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void aGenerationIsBuiltByOne() {
    ProcessHandle self = ProcessHandle.current();
    keep(new Lease("ann@other", "other", 1, 1, NOON.toEpochMilli() + 1));
    KappaException e = assertThrows(KappaException.class, () -> at(NOON).lease(2));
    assertThat(e.getMessage(), containsString("ann@other (process 1)"));

    Lifecycle later = at(NOON.plusSeconds(1));
    later.lease(2);
    later.lease(2);
    assertThat("of another generation", control.get("lease/fraud/000003").isEmpty(), is(true));
    later.release(2);
    keep(new Lease("ann", Who.host(), self.pid(), 5, Long.MAX_VALUE));
    at(NOON).lease(2);
    assertThat(
        "a process of that number that started at another time is gone",
        control.get("lease/fraud/000002").orElseThrow().text(),
        containsString(Who.name()));
  }

  private void keep(Lease lease) {
    long version = control.get("lease/fraud/000002").map(ControlTable.Document::version).orElse(0L);
    assertThat(control.put("lease/fraud/000002", version, Json.write(lease)), is(true));
  }

  @Test
  void everyStepOfManyPeopleIsInTheTrail() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> people =
          IntStream.range(0, 4)
              .mapToObj(
                  person ->
                      pool.submit(
                          () -> {
                            try (ViewStore own = views().open()) {
                              Lifecycle lifecycle =
                                  new Lifecycle(own.control(), "fraud", Clock.systemUTC());
                              for (int i = 0; i < 10; i++) {
                                lifecycle.note("step", person, "outcome " + i);
                              }
                            }
                            return person;
                          }))
              .toList();
      for (Future<Integer> person : people) {
        person.get();
      }
    } finally {
      pool.shutdownNow();
    }
    List<AuditEntry> trail = at(NOON).audit();
    assertThat(trail, hasSize(40));
    assertThat(new TreeSet<>(trail.stream().map(AuditEntry::number).toList()).last(), is(40L));
  }

  @Test
  void aMoveThatWasKilledIsKnownByWhatTheStoreShows() {
    Pointer announced = Pointer.at(1).announcing(2, "promote");
    assertThat(announced.isUnsettled(1), is(false));
    assertThat(announced.isUnsettled(2), is(true));
    assertThat(announced.settled(2, "now"), is(new Pointer(2, 1, "promote", "now", null, null)));
    assertThat(announced.settled(1, "now"), is(Pointer.at(1)));
  }
}
