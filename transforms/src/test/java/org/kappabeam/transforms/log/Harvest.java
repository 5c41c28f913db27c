package org.kappabeam.transforms.log;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** What a pipeline on the direct runner puts out, taken over into the test while it runs. */
final class Harvest {
  private static final Map<String, Queue<Object>> HARVESTS = new ConcurrentHashMap<>();

  /** How long to go on after the last expected element, for one too many to show up. */
  private static final long LINGER_MILLIS = 500;

  private final PipelineOptions options;
  private final Duration patience;

  Harvest(PipelineOptions options, Duration patience) {
    this.options = options;
    this.patience = patience;
    options.as(DirectOptions.class).setBlockOnRun(false);
  }

  /** Every element of a graph that ends by itself. */
  <T> List<T> all(PTransform<PBegin, PCollection<T>> graph) {
    return run(graph, Integer.MAX_VALUE, List.of());
  }

  /**
   * The elements of a graph without an end, up to the moment when there are enough.
   *
   * @param then what to do, in turn, each time another as many elements have arrived; the graph is
   *     stopped when as many have arrived after the last
   */
  <T> List<T> atLeast(int enough, PTransform<PBegin, PCollection<T>> graph, List<Runnable> then) {
    return run(graph, enough, then);
  }

  private <T> List<T> run(
      PTransform<PBegin, PCollection<T>> graph, int enough, List<Runnable> then) {
    String id = UUID.randomUUID().toString();
    Queue<Object> harvest = new ConcurrentLinkedQueue<>();
    HARVESTS.put(id, harvest);
    try {
      Pipeline pipeline = Pipeline.create(options);
      pipeline.apply(graph).apply(ParDo.of(new Reap<>(id)));
      PipelineResult running = pipeline.run();
      long deadline = System.nanoTime() + patience.toNanos();
      int stage = 0;
      while (!running.getState().isTerminal()) {
        long wanted = (long) enough * (stage + 1);
        if (System.nanoTime() > deadline) {
          running.cancel();
          throw new AssertionError("after " + patience + " only " + harvest.size() + " elements");
        }
        if (harvest.size() >= wanted && stage == then.size()) {
          TimeUnit.MILLISECONDS.sleep(LINGER_MILLIS);
          running.cancel();
          return taken(harvest);
        }
        if (harvest.size() >= wanted) {
          then.get(stage++).run();
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      // Throws what made it fail.
      running.waitUntilFinish();
      return taken(harvest);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      HARVESTS.remove(id);
    }
  }

  @SuppressWarnings("unchecked") // one graph, one type of element
  private static <T> List<T> taken(Queue<Object> harvest) {
    return new ArrayList<>((Queue<T>) (Queue<?>) harvest);
  }

  private static final class Reap<T> extends DoFn<T, Void> {
    private final String id;

    Reap(String id) {
      this.id = id;
    }

    @ProcessElement
    public void each(@Element T element) {
      Queue<Object> harvest = HARVESTS.get(id);
      // A cancelled pipeline may go on for a moment.
      if (harvest != null) {
        harvest.add(element);
      }
    }
  }
}
