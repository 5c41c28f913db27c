package org.kappabeam.pipelines.pilot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.observe.Conservation;

/** A pilot's whole graph on the DirectRunner, its log and its stores in memory. */
public final class PilotGraph {
  private static final Map<String, Queue<ViewRow>> WRITTEN = new ConcurrentHashMap<>();
  private static final AtomicLong RUNS = new AtomicLong();

  private PilotGraph() {}

  /** What a log holds: the bytes of a message and when the log got it. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Message(byte[] value, long logTime) {
    /** The event as it arrives at the very time it happens. */
    public static <E> Message of(EventType<E> type, E event, MessageFormat format) {
      return new Message(new EventEncoder().encode(type, event, format), type.eventTime(event));
    }
  }

  /**
   * What is left of a run.
   *
   * @param views by name, each with its rows by key, as a store would keep it
   */
  public record Result(Map<String, Map<String, ViewRow>> views, Conservation conservation) {
    /** The rows of one view, withdrawn ones included. */
    public Map<String, ViewRow> view(ViewSchema schema) {
      return views.get(schema.name());
    }
  }

  /** Runs over a bounded log, with options if there are any: every row is written once. */
  public static Result slice(Pilot pilot, List<LogBatch> log, String... options) {
    return run(pilot, Create.of(log).withCoder(LogBatchCoder.of()), options);
  }

  /** Runs over an unbounded log whose watermark stands still until everything has arrived. */
  public static Result live(Pilot pilot, List<LogBatch> log) {
    TestStream.Builder<LogBatch> stream = TestStream.create(LogBatchCoder.of());
    for (LogBatch batch : log) {
      stream =
          stream.addElements(
              TimestampedValue.of(batch, Instant.ofEpochMilli(earliestLogTime(batch))));
    }
    return run(pilot, stream.advanceWatermarkToInfinity());
  }

  private static long earliestLogTime(LogBatch batch) {
    long earliest = batch.logTime(0);
    for (int i = 1; i < batch.size(); i++) {
      earliest = Math.min(earliest, batch.logTime(i));
    }
    return earliest;
  }

  private static Result run(
      Pilot pilot, PTransform<PBegin, PCollection<LogBatch>> log, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--runner=DirectRunner", "--targetParallelism=2", "--shards=2"));
    args.addAll(List.of(more));
    KappaOptions options =
        PipelineOptionsFactory.fromArgs(args.toArray(new String[0])).as(KappaOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    Pilot.Output output = pilot.build(pipeline.apply("Log", log), options);
    String run = RUNS.incrementAndGet() + "/";
    for (Pilot.Rows view : output.views()) {
      String name = run + view.schema().name();
      WRITTEN.put(name, new ConcurrentLinkedQueue<>());
      view.rows().apply(view.schema().name(), ParDo.of(new Keep(name)));
    }
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    Map<String, Map<String, ViewRow>> views = new TreeMap<>();
    for (ViewSchema schema : pilot.views()) {
      views.put(schema.name(), view(run + schema.name()));
    }
    return new Result(views, Conservation.of(result));
  }

  /**
   * The rows that stay: highest evidence, then highest fingerprint. Within one run equal evidence
   * must even mean equal rows: it is the version, and a version has one content.
   */
  private static Map<String, ViewRow> view(String name) {
    Map<String, ViewRow> view = new TreeMap<>();
    for (ViewRow row : WRITTEN.remove(name)) {
      ViewRow old = view.get(row.key());
      if (old != null && old.evidence() == row.evidence() && !old.equals(row)) {
        throw new AssertionError("one version, two contents: " + old + " and " + row);
      }
      if (old == null
          || row.evidence() > old.evidence()
          || (row.evidence() == old.evidence() && row.fingerprint() > old.fingerprint())) {
        view.put(row.key(), row);
      }
    }
    return view;
  }

  /** The messages in random order, over random partitions, in batches of random size. */
  public static List<LogBatch> shuffled(List<Message> messages, long seed) {
    Random random = new Random(seed);
    List<Message> order = new ArrayList<>(messages);
    Collections.shuffle(order, random);
    long[] offsets = new long[4];
    List<LogBatch> log = new ArrayList<>();
    for (int from = 0; from < order.size(); ) {
      int partition = random.nextInt(offsets.length);
      int to = Math.min(order.size(), from + 1 + random.nextInt(1 + random.nextInt(60)));
      log.add(batch("log-" + partition, offsets[partition], order.subList(from, to)));
      offsets[partition] += to - from;
      from = to;
    }
    return log;
  }

  /** The messages in their order, one batch each. */
  public static List<LogBatch> oneByOne(List<Message> messages) {
    List<LogBatch> log = new ArrayList<>();
    for (Message message : messages) {
      log.add(batch("log-0", log.size(), List.of(message)));
    }
    return log;
  }

  private static LogBatch batch(String partition, long offset, List<Message> messages) {
    List<LogRecord> records = new ArrayList<>();
    for (Message message : messages) {
      LogPosition position = LogPosition.of(partition, offset + records.size());
      records.add(LogRecord.of(position, message.logTime(), null, message.value(), List.of()));
    }
    return LogBatch.of(records);
  }

  /** Notes every row, of every version. */
  private static final class Keep extends DoFn<Batch<ViewRow>, Void> {
    private final String name;

    Keep(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element Batch<ViewRow> batch) {
      WRITTEN.get(name).addAll(batch.values());
    }
  }
}
