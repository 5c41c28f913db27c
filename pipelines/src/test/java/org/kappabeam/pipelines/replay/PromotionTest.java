package org.kappabeam.pipelines.replay;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.replay.Generation.State;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Moves that end between any two of their writes, on a real SQLite file. */
class PromotionTest {
  private static final List<ViewSchema> SCHEMAS =
      List.of(
          ViewSchema.named("a", "id").column("n", ColumnType.LONG).build(),
          ViewSchema.named("b", "id").column("n", ColumnType.LONG).build());

  @TempDir private Path dir;
  private String uri = "";

  @BeforeEach
  void buildTwoGenerations() {
    uri = "sqlite:" + dir.resolve("views.db");
    for (int number : List.of(1, 2)) {
      try (ViewStore store = Views.at(uri, number).open()) {
        SCHEMAS.forEach(store::create);
        new Lifecycle(store.control(), "pilot", Clock.systemUTC())
            .change(
                number,
                old ->
                    new Generation(
                        number,
                        State.BUILT,
                        "plan",
                        "1",
                        "kafka://broker/topic",
                        0,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        0,
                        0,
                        "somebody",
                        "",
                        ""));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "0,true", "1,false", "1,true", "2,false", "2,true"})
  void aMoveThatIsKilledAtAnyWriteEndsRightWhenItIsRunAgain(int write, boolean written) {
    for (Step step : List.of(Step.PROMOTE, Step.ROLLBACK, Step.PROMOTE, Step.ROLLBACK)) {
      kill(step, write, written);
      assertThat("not half moved", shown().size(), is(1));
      take(step);
      assertMoved(step);
      assertThat("nothing left to do", pointer().moving(), is(nullValue()));
      take(step);
      assertMoved(step);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "0,true", "1,false"})
  void aRollbackAfterAKilledPromotionNeverGoesForth(int write, boolean written) {
    take(Step.PROMOTE);
    take(Step.ROLLBACK);
    kill(Step.PROMOTE, write, written);
    take(Step.ROLLBACK);
    assertMoved(Step.ROLLBACK);
  }

  @Test
  void aPromotionAfterAKilledRollbackShowsWhatWasPromoted() {
    take(Step.PROMOTE);
    kill(Step.ROLLBACK, 0, true);
    take(Step.PROMOTE);
    assertThat(shown(), contains(2));
    take(Step.ROLLBACK);
    assertMoved(Step.ROLLBACK);
  }

  private enum Step {
    PROMOTE,
    ROLLBACK
  }

  private void take(Step step) {
    try (ViewStore store = Views.at(uri, 1).open()) {
      take(step, store.control());
    }
  }

  private void take(Step step, ControlTable control) {
    Promotion promotion =
        new Promotion(
            Views.at(uri, 1), SCHEMAS, new Lifecycle(control, "pilot", Clock.systemUTC()));
    switch (step) {
      case PROMOTE -> promotion.promote(2, new Promotion.Gate(0, "a test"), PromotionTest::noLog);
      case ROLLBACK -> promotion.rollback();
    }
  }

  private static Log noLog(String unused) {
    throw new AssertionError("a forced promotion asks no log");
  }

  private void kill(Step step, int write, boolean written) {
    try (ViewStore store = Views.at(uri, 1).open()) {
      take(step, new DyingControl(store.control(), write, written));
    } catch (Killed e) {
      return;
    }
    throw new AssertionError(step + " has no write " + write);
  }

  private SortedSet<Integer> shown() {
    SortedSet<Integer> shown = new TreeSet<>();
    try (ViewStore store = Views.at(uri, 1).open()) {
      SCHEMAS.forEach(schema -> shown.add(store.activeGeneration(schema).orElse(0)));
    }
    return shown;
  }

  private void assertMoved(Step step) {
    int active = step == Step.PROMOTE ? 2 : 1;
    assertThat(shown(), contains(active));
    assertThat(pointer().active(), is(active));
    assertThat(pointer().previous(), is(3 - active));
    assertThat(pointer().step(), is(step == Step.PROMOTE ? "promote" : "rollback"));
  }

  private Pointer pointer() {
    try (ViewStore store = Views.at(uri, 1).open()) {
      return new Lifecycle(store.control(), "pilot", Clock.systemUTC()).pointer(0);
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A real control table whose process ends just before or just after one of its writes. */
  private static final class DyingControl implements ControlTable {
    private final ControlTable real;
    private final boolean written;
    private int left;

    DyingControl(ControlTable real, int write, boolean written) {
      this.real = real;
      this.left = write;
      this.written = written;
    }

    @Override
    public Optional<Document> get(String key) {
      return real.get(key);
    }

    @Override
    public boolean put(String key, long expected, String text) {
      if (left-- > 0) {
        return real.put(key, expected, text);
      }
      if (written) {
        real.put(key, expected, text);
      }
      throw new Killed();
    }

    @Override
    public List<Document> list(String prefix) {
      return real.list(prefix);
    }
  }
}
