package org.kappabeam.transforms.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.SchemaSource;

/**
 * Remembers what a registry said. A schema never changes, so it is kept for ever. That there is
 * none is kept for a while, and questions that came to nothing are budgeted: a flood of unknown ids
 * waits, rather than flooding the registry; it does not refuse what was not asked for, for a
 * record's fate must not depend on its neighbours.
 */
final class CachedSchemas implements SchemaSource {
  /** How long an unknown id is not asked for again. */
  static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);

  /** Questions that may come to nothing at once, and one more each {@link #REFILL}. */
  static final int MISSES_AT_ONCE = 100;

  static final Duration REFILL = Duration.ofMillis(50);

  private static final int MAX_UNKNOWN = 10_000;

  private final SchemaSource registry;
  private final LongSupplier nanoTime;
  private final LongConsumer sleepNanos;
  private final Map<Integer, RegisteredSchema> known = new ConcurrentHashMap<>();

  /** Until when an id is believed to be unknown; the oldest are forgotten first. */
  private final Map<Integer, Long> unknown =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
          return size() > MAX_UNKNOWN;
        }
      };

  /** When the budget is full again; in the future by a refill for each miss that was spent. */
  private long fullAt;

  /**
   * @param nanoTime a clock
   * @param sleepNanos waits
   */
  CachedSchemas(SchemaSource registry, LongSupplier nanoTime, LongConsumer sleepNanos) {
    this.registry = registry;
    this.nanoTime = nanoTime;
    this.sleepNanos = sleepNanos;
    this.fullAt = nanoTime.getAsLong();
  }

  @Override
  public @Nullable RegisteredSchema find(int id) {
    RegisteredSchema schema = known.get(id);
    return schema != null ? schema : ask(id);
  }

  /** One question at a time: threads mostly want the same. */
  private synchronized @Nullable RegisteredSchema ask(int id) {
    RegisteredSchema schema = known.get(id);
    if (schema != null) {
      return schema;
    }
    Long until = unknown.get(id);
    if (until != null && until - nanoTime.getAsLong() > 0) {
      return null;
    }
    awaitBudget();
    schema = registry.find(id);
    if (schema != null) {
      known.put(id, schema);
      unknown.remove(id);
    } else {
      unknown.remove(id);
      unknown.put(id, nanoTime.getAsLong() + UNKNOWN_FOR.toNanos());
      long now = nanoTime.getAsLong();
      fullAt = (fullAt - now > 0 ? fullAt : now) + REFILL.toNanos();
    }
    return schema;
  }

  private void awaitBudget() {
    // With this question, no more refills are owed than the budget holds.
    long wait = fullAt - (MISSES_AT_ONCE - 1) * REFILL.toNanos() - nanoTime.getAsLong();
    if (wait > 0) {
      sleepNanos.accept(wait);
    }
  }
}
