package org.kappabeam.transforms.registry;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;

class CachedSchemasTest {
  private static final RegisteredSchema SCHEMA =
      RegisteredSchema.of(Language.AVRO, "\"string\"", List.of());

  private final Map<Integer, RegisteredSchema> registered = new HashMap<>();
  private final List<Integer> asked = new ArrayList<>();
  private boolean down;
  private long now = Long.MAX_VALUE - 1_000;
  private long slept;

  private final CachedSchemas cached =
      new CachedSchemas(
          id -> {
            asked.add(id);
            if (down) {
              throw new KappaException("down", "start it");
            }
            return registered.get(id);
          },
          () -> now,
          nanos -> {
            slept += nanos;
            now += nanos;
          });

  @Test
  void aSchemaIsAskedForOnce() {
    registered.put(7, SCHEMA);
    for (int i = 0; i < 1_000; i++) {
      assertThat(cached.find(7), is(SCHEMA));
      now += TimeUnit.DAYS.toNanos(1);
    }
    assertThat(asked, is(List.of(7)));
  }

  @Test
  void anUnknownIdIsAskedForAgainAfterAWhile() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(cached.find(7), is(nullValue()));
    }
    assertThat(asked, is(List.of(7)));
    registered.put(7, SCHEMA);
    assertThat(cached.find(7), is(nullValue()));
    now += CachedSchemas.UNKNOWN_FOR.toNanos();
    assertThat(cached.find(7), is(SCHEMA));
    assertThat(asked, is(List.of(7, 7)));
  }

  @Test
  void aFloodOfUnknownIdsWaitsAndSchemasThatAreThereAreStillFound() {
    registered.put(-1, SCHEMA);
    for (int id = 0; id < 100_000; id++) {
      cached.find(id);
    }
    assertThat(cached.find(-1), is(SCHEMA));
    long refills = slept / CachedSchemas.REFILL.toNanos();
    // All but the first hundred waited, and so did the last question: nobody knew its answer.
    assertThat(refills, is(100_001L - CachedSchemas.MISSES_AT_ONCE));
    assertThat(asked.size(), is(100_001));
  }

  @Test
  void aPauseFillsTheBudgetAndNoMore() {
    for (int id = 0; id < CachedSchemas.MISSES_AT_ONCE; id++) {
      cached.find(id);
    }
    assertThat(slept, is(0L));
    now += TimeUnit.DAYS.toNanos(1);
    for (int id = 0; id < 2 * CachedSchemas.MISSES_AT_ONCE; id++) {
      cached.find(1_000 + id);
    }
    assertThat(slept / CachedSchemas.REFILL.toNanos(), is((long) CachedSchemas.MISSES_AT_ONCE));
  }

  @Test
  void aRegistryThatIsDownIsRememberedForNothing() {
    registered.put(7, SCHEMA);
    down = true;
    for (int i = 0; i < 300; i++) {
      assertThrows(KappaException.class, () -> cached.find(7));
    }
    down = false;
    assertThat(cached.find(7), is(SCHEMA));
    assertThat(slept, is(lessThanOrEqualTo(0L)));
  }
}
