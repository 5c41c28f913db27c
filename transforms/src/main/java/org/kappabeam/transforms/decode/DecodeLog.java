package org.kappabeam.transforms.decode;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterCoder;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventDecoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.shard.ShardBy;
import org.kappabeam.transforms.shard.Sharder;

/**
 * Turns record batches into event batches by shard, one output per event type. A record that cannot
 * be decoded, breaks a quality rule, or is too late or too early becomes a dead letter; bad input
 * never fails the job.
 */
public final class DecodeLog extends PTransform<PCollection<LogBatch>, PCollectionTuple> {
  private final List<Route<?, ?>> routes;
  private final TimeRule timeRule;
  private final int maxRecordBytes;
  private final int shards;
  private final LogFormat format;
  private final TupleTag<DeadLetter> deadLetters = new TupleTag<>() {};

  private DecodeLog(
      List<Route<?, ?>> routes,
      TimeRule timeRule,
      int maxRecordBytes,
      int shards,
      LogFormat format) {
    this.routes = routes;
    this.timeRule = timeRule;
    this.maxRecordBytes = maxRecordBytes;
    this.shards = shards;
    this.format = format;
  }

  /**
   * A transform for the given event types, in messages that show their own format.
   *
   * @param maxRecordBytes larger values are refused unread
   * @param shards how many hash classes of keys; part of a run's identity
   */
  public static DecodeLog of(
      List<Route<?, ?>> routes, TimeRule timeRule, int maxRecordBytes, int shards) {
    return new DecodeLog(
        List.copyOf(routes), timeRule, maxRecordBytes, shards, LogFormat.recognised());
  }

  /** The same for a log of that format; the order of the routes is the order of its types. */
  public DecodeLog reading(LogFormat other) {
    return new DecodeLog(routes, timeRule, maxRecordBytes, shards, other);
  }

  public TupleTag<DeadLetter> deadLetters() {
    return deadLetters;
  }

  @Override
  public PCollectionTuple expand(PCollection<LogBatch> records) {
    TupleTagList tags = TupleTagList.empty();
    for (Route<?, ?> route : routes) {
      tags = tags.and(route.tag());
    }
    PCollectionTuple out =
        records.apply(
            "Decode and check",
            ParDo.of(new Decode(routes, timeRule, maxRecordBytes, shards, format, deadLetters))
                .withOutputTags(deadLetters, tags));
    out.get(deadLetters).setCoder(DeadLetterCoder.of());
    routes.forEach(route -> setCoder(out, route));
    return out;
  }

  private static <T> void setCoder(PCollectionTuple out, Route<?, T> route) {
    out.get(route.tag()).setCoder(ShardBy.coder(route.coder()));
  }

  /** Decodes and checks the records of one batch. */
  static final class Decode extends DoFn<LogBatch, DeadLetter> {
    private final List<Route<?, ?>> routes;
    private final TimeRule timeRule;
    private final int maxRecordBytes;
    private final int shards;
    private final LogFormat format;
    private final Counter readCounter = Conservation.readCounter();
    private final Counter deadCounter = Conservation.deadCounter();
    private final TupleTag<DeadLetter> deadLetters;
    private transient EventDecoder decoder;
    private transient List<RouteOutput<?, ?>> outputs;

    Decode(
        List<Route<?, ?>> routes,
        TimeRule timeRule,
        int maxRecordBytes,
        int shards,
        LogFormat format,
        TupleTag<DeadLetter> deadLetters) {
      this.format = format;
      this.deadLetters = deadLetters;
      this.routes = routes;
      this.timeRule = timeRule;
      this.maxRecordBytes = maxRecordBytes;
      this.shards = shards;
    }

    @Setup
    public void setup() {
      List<EventType<?>> types = new ArrayList<>();
      outputs = new ArrayList<>();
      for (Route<?, ?> route : routes) {
        types.add(route.type());
        outputs.add(new RouteOutput<>(route, timeRule, shards));
      }
      decoder = new EventDecoder(types, maxRecordBytes, format);
    }

    @ProcessElement
    public void process(@Element LogBatch batch, MultiOutputReceiver out) {
      int dead = 0;
      for (int i = 0; i < batch.size(); i++) {
        try {
          byte[] key = batch.key(i);
          if (key != null && key.length == 0) {
            throw new DecodeException(
                DeadLetterReason.INVALID, "record-key: an empty key; absent or not empty, please");
          }
          int type = decoder.decode(batch.value(i));
          outputs.get(type).add(decoder.event(), batch.offset(i), batch.logTime(i));
        } catch (DecodeException e) {
          dead++;
          out.get(deadLetters).output(DeadLetter.of(e.reason(), e.detail(), batch.record(i)));
        }
      }
      for (RouteOutput<?, ?> output : outputs) {
        output.flush(batch.partition(), out);
      }
      readCounter.inc(batch.size());
      deadCounter.inc(dead);
    }
  }

  /** The shards of one event type. */
  private static final class RouteOutput<E, T> {
    private final Route<E, T> route;
    private final TimeRule timeRule;
    private final Sharder<T> sharder;

    RouteOutput(Route<E, T> route, TimeRule timeRule, int shards) {
      this.route = route;
      this.timeRule = timeRule;
      this.sharder = new Sharder<>(shards, route.coder());
    }

    void add(Object decoded, long offset, long logTime) throws DecodeException {
      E event = route.type().javaType().cast(decoded);
      timeRule.check(route.type().eventTime(event), logTime);
      sharder.add(route.key().apply(event), route.mapping().apply(event), offset, logTime);
    }

    void flush(String partition, DoFn.MultiOutputReceiver out) {
      DoFn.OutputReceiver<KV<Integer, Batch<T>>> to = out.get(route.tag());
      sharder.flush(partition, (shard, part) -> to.output(KV.of(shard, part)));
    }
  }
}
