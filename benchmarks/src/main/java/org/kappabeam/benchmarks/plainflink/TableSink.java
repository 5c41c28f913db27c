package org.kappabeam.benchmarks.plainflink;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;
import org.kappabeam.benchmarks.Meter;
import org.kappabeam.benchmarks.RowTable;

/** Writes rows into the table of this process. */
final class TableSink extends RichSinkFunction<Row> {
  private static final int CLOCK_EVERY = 256;

  private transient RowTable table;
  private transient int rows;

  @Override
  public void open(Configuration parameters) {
    table = RowTable.part();
  }

  @Override
  public void invoke(Row row, Context context) {
    table.put(row.id(), row.evidence(), row.hash());
    if (++rows % CLOCK_EVERY == 0) {
      Meter.wrote();
    }
  }

  @Override
  public void finish() {
    Meter.wrote();
  }
}
