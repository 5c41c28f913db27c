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
public final class Harvest {
  private static final Map<String, Queue<Object>> HARVESTS = new ConcurrentHashMap<>();

  /** How long to go on after the last expected element, for one too many to show up. */
  private static final long LINGER_MILLIS = 500;

  private final PipelineOptions options;
  private final Duration patience;

  public Harvest(PipelineOptions options, Duration patience) {
    this.options = options;
    this.patience = patience;
    options.as(DirectOptions.class).setBlockOnRun(false);
  }

  /** Every element of a graph that ends by itself. */
  public <T> List<T> all(PTransform<PBegin, PCollection<T>> graph) {
    return run(graph, Integer.MAX_VALUE, () -> {}, Integer.MAX_VALUE);
  }

  /** The elements of a graph without an end, up to the moment when there are enough. */
  public <T> List<T> atLeast(int enough, PTransform<PBegin, PCollection<T>> graph) {
    return run(graph, enough, () -> {}, enough);
  }

  /**
   * As {@link #atLeast(int, PTransform)}, with something to do in the middle.
   *
   * @param then done once {@code first} elements have arrived
   */
  public <T> List<T> atLeast(
      int first, PTransform<PBegin, PCollection<T>> graph, Runnable then, int enough) {
    return run(graph, first, then, enough);
  }

  private <T> List<T> run(
      PTransform<PBegin, PCollection<T>> graph, int first, Runnable then, int enough) {
    String id = UUID.randomUUID().toString();
    Queue<Object> harvest = new ConcurrentLinkedQueue<>();
    HARVESTS.put(id, harvest);
    try {
      Pipeline pipeline = Pipeline.create(options);
      pipeline.apply(graph).apply(ParDo.of(new Reap<>(id)));
      PipelineResult running = pipeline.run();
      long deadline = System.nanoTime() + patience.toNanos();
      boolean done = false;
      while (!running.getState().isTerminal()) {
        if (System.nanoTime() > deadline) {
          running.cancel();
          throw new AssertionError("after " + patience + " only " + harvest.size() + " elements");
        }
        if (done && harvest.size() >= enough) {
          TimeUnit.MILLISECONDS.sleep(LINGER_MILLIS);
          running.cancel();
          return taken(harvest);
        }
        if (!done && harvest.size() >= first) {
          then.run();
          done = true;
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
