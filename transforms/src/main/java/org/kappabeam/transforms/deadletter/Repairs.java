package org.kappabeam.transforms.deadletter;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;

/**
 * The repairs of a log's refused records, one for each position at most. Immutable. The log itself
 * never changes; a view that is built with them is a function of both.
 */
public final class Repairs implements Serializable {
  /** Each worker holds all of them. */
  public static final int MAX_REPAIRS = 10_000;

  /** The most bytes of all their values together. */
  public static final int MAX_BYTES = 8 << 20;

  private static final Repairs NONE = new Repairs(Map.of());

  private final Map<String, Repair> byPosition;

  private Repairs(Map<String, Repair> byPosition) {
    this.byPosition = byPosition;
  }

  public static Repairs none() {
    return NONE;
  }

  /** Of two with the same position, the later attempt. */
  public static Repairs of(Collection<Repair> repairs) {
    Map<String, Repair> byPosition = new HashMap<>();
    for (Repair repair : repairs) {
      byPosition.merge(repair.position(), repair, (a, b) -> a.attempt() > b.attempt() ? a : b);
    }
    return new Repairs(byPosition);
  }

  public boolean isEmpty() {
    return byPosition.isEmpty();
  }

  /** The repair of the record at a position; null if there is none. */
  public @Nullable Repair at(String position) {
    return byPosition.get(position);
  }

  /** Puts each repair in the place of the record it is for; all others pass as they are. */
  public PTransform<PCollection<LogBatch>, PCollection<LogBatch>> substitute() {
    return new Substitute(this);
  }

  private static final class Substitute
      extends PTransform<PCollection<LogBatch>, PCollection<LogBatch>> {
    private final Repairs repairs;

    Substitute(Repairs repairs) {
      this.repairs = repairs;
    }

    @Override
    public PCollection<LogBatch> expand(PCollection<LogBatch> records) {
      return records
          .apply("Substitute", ParDo.of(new SubstituteFn(repairs)))
          .setCoder(LogBatchCoder.of());
    }
  }

  static final class SubstituteFn extends DoFn<LogBatch, LogBatch> {
    private final Repairs repairs;

    /** By partition and offset: a batch asks for a range, not for each of its records. */
    private transient Map<String, TreeMap<Long, Repair>> places;

    @SuppressWarnings("NullAway.Init") // the runner calls setup
    SubstituteFn(Repairs repairs) {
      this.repairs = repairs;
    }

    @Setup
    public void setup() {
      places = new HashMap<>();
      for (Repair repair : repairs.byPosition.values()) {
        LogPosition position = LogPosition.parse(repair.position());
        places
            .computeIfAbsent(position.partition(), unused -> new TreeMap<>())
            .put(position.offset(), repair);
      }
    }

    @ProcessElement
    public void process(@Element LogBatch batch, OutputReceiver<LogBatch> out) {
      TreeMap<Long, Repair> partition = places.get(batch.partition());
      if (partition == null || batch.size() == 0) {
        out.output(batch);
        return;
      }
      SortedMap<Long, Repair> due =
          partition.subMap(batch.offset(0), true, batch.offset(batch.size() - 1), true);
      out.output(due.isEmpty() ? batch : repaired(batch, due));
    }

    private static LogBatch repaired(LogBatch batch, SortedMap<Long, Repair> due) {
      List<LogRecord> records = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        LogRecord record = batch.record(i);
        Repair repair = due.get(batch.offset(i));
        records.add(
            repair == null
                ? record
                : LogRecord.of(
                    record.position(),
                    record.logTime(),
                    record.key(),
                    repair.bytes(),
                    record.headers()));
      }
      return LogBatch.of(records);
    }
  }
}
