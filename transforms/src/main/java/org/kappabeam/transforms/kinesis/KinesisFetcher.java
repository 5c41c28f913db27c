package org.kappabeam.transforms.kinesis;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Asks for pages in threads of its own, since an answer may take long and a runner's thread must
 * not wait. Per shard one question at a time, in the pace that Kinesis allows. Answers are taken
 * over by the reader's thread, which is the only one that touches the shards.
 */
final class KinesisFetcher implements AutoCloseable {
  private static final int MAX_THREADS = 8;

  /** A page, no answer ({@code null}), or a failure. */
  record Answer(
      KinesisShard shard, KinesisPages.@Nullable Page page, @Nullable RuntimeException failure) {}

  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final ScheduledExecutorService threads;

  KinesisFetcher(int shards) {
    threads =
        Executors.newScheduledThreadPool(
            Math.max(2, Math.min(MAX_THREADS, shards)),
            task -> {
              Thread thread = new Thread(task, "kinesis-fetcher");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Asks for the next page of a shard as soon as its turn comes. */
  @SuppressWarnings("FutureReturnValueIgnored") // the task hands on its failure itself
  void fetch(KinesisShard shard) {
    shard.fetching();
    threads.schedule(() -> ask(shard), shard.pages().pause(), TimeUnit.NANOSECONDS);
  }

  private void ask(KinesisShard shard) {
    try {
      KinesisPages.Page page = shard.pages().next(KinesisPages.MAX_RECORDS);
      answers.add(new Answer(shard, page, null));
    } catch (RuntimeException e) {
      answers.add(new Answer(shard, null, e));
    }
  }

  /** Repeats a task that takes care of its own failures. */
  @SuppressWarnings("FutureReturnValueIgnored") // runs until this is closed
  void repeat(Runnable task, long everyMillis) {
    threads.scheduleWithFixedDelay(task, 0, everyMillis, TimeUnit.MILLISECONDS);
  }

  /** The next answer, or {@code null} if none comes in time. */
  @Nullable Answer poll(long waitMillis) {
    try {
      return waitMillis == 0 ? answers.poll() : answers.poll(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
