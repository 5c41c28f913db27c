package org.kappabeam.transforms.shard;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.Batch;
import org.kappabeam.transforms.shard.ShardBy.ByShard;

class ShardByTest {
  private static final int SHARDS = 4;
  private static final int MAX_ROWS = 5_000;

  private final ByShard<String, String> fn =
      new ByShard<>(row -> row, row -> row, StringUtf8Coder.of(), SHARDS, MAX_ROWS);

  /** What came out, and when. */
  private final List<Batch<String>> out = new ArrayList<>();

  private final List<Instant> times = new ArrayList<>();

  @BeforeEach
  void setUp() {
    fn.setup();
  }

  @Test
  void rowsDoNotWaitWhileLittleComesIn() {
    fn.startBundle();
    process(10, 1);
    assertThat(rows(), hasSize(10));
    process(20, 2);
    assertThat(rows(), hasSize(30));
    finish();
    assertThat(rows(), hasSize(30));
  }

  @Test
  void underLoadABundleBecomesOneBatchForEachShard() {
    fn.startBundle();
    process(ByShard.LOAD, 7);
    process(10, 5);
    assertThat(out, empty());
    finish();
    assertThat(out, hasSize(SHARDS));
    assertThat(rows(), hasSize(ByShard.LOAD + 10));
    assertThat(
        "the watermark waits for all of them", times, everyItem(is(Instant.ofEpochMilli(5))));
  }

  @Test
  void afterABundleFullOfRowsTheNextOneWaitsTooAndTheOneAfterItDoesNot() {
    fn.startBundle();
    process(ByShard.LOAD, 1);
    finish();
    out.clear();

    fn.startBundle();
    process(10, 2);
    assertThat(out, empty());
    finish();
    assertThat(rows(), hasSize(10));
    out.clear();

    fn.startBundle();
    process(10, 3);
    assertThat(rows(), hasSize(10));
  }

  @Test
  void noMoreRowsWaitThanTheLimit() {
    fn.startBundle();
    for (int i = 0; i < 12; i++) {
      process(MAX_ROWS / 4, i);
      int waiting = (i + 1) * (MAX_ROWS / 4) - rows().size();
      assertThat(waiting, lessThanOrEqualTo(MAX_ROWS));
    }
    finish();
    assertThat(rows(), hasSize(3 * MAX_ROWS));
  }

  @Test
  void whatABundleThatFailedLeftBehindIsForgotten() {
    fn.startBundle();
    process(ByShard.LOAD, 1);
    fn.startBundle();
    process(ByShard.LOAD, 1);
    finish();
    assertThat(rows(), hasSize(ByShard.LOAD));
    assertThat(rows(), containsInAnyOrder(keys(ByShard.LOAD).toArray()));
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private List<String> rows() {
    return out.stream().flatMap(batch -> batch.values().stream()).toList();
  }

  private void process(int count, long time) {
    fn.process(
        Batch.of(keys(count)),
        Instant.ofEpochMilli(time),
        new OutputReceiver<>() {
          @Override
          public void output(KV<Integer, Batch<String>> shard) {
            take(shard, Instant.ofEpochMilli(time));
          }

          @Override
          public OutputBuilder<KV<Integer, Batch<String>>> builder(
              KV<Integer, Batch<String>> shard) {
            throw new UnsupportedOperationException("nothing but the value is given");
          }
        });
  }

  private void finish() {
    fn.finishBundle(new Finish());
  }

  private final class Finish
      extends DoFn<Batch<String>, KV<Integer, Batch<String>>>.FinishBundleContext {
    Finish() {
      fn.super();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return PipelineOptionsFactory.create();
    }

    @Override
    public void output(KV<Integer, Batch<String>> shard, Instant timestamp, BoundedWindow window) {
      take(shard, timestamp);
    }

    @Override
    public <T> void output(TupleTag<T> tag, T value, Instant timestamp, BoundedWindow window) {
      throw new UnsupportedOperationException("there is one output");
    }
  }

  private void take(KV<Integer, Batch<String>> shard, Instant time) {
    for (String row : shard.getValue().values()) {
      assertThat(Sharder.shardOf(row, SHARDS), is(shard.getKey()));
    }
    out.add(shard.getValue());
    times.add(time);
  }
}
