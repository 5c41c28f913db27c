package org.kappabeam.benchmarks.plainflink;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.kappabeam.coders.fraud.FraudLabel;

/** Per terminal: how many payments and which share of them frauds; the rows leave here. */
final class ByTerminal extends KeyedCoProcessFunction<String, Payment, FraudLabel, Row> {
  private transient ValueState<TerminalHistory> state;

  @Override
  public void open(Configuration parameters) {
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("history", new TerminalHistory.Serializer()));
  }

  @Override
  public void processElement1(Payment payment, Context context, Collector<Row> out)
      throws Exception {
    long watermark = context.timerService().currentWatermark();
    if (payment.time() < watermark) {
      return;
    }
    TerminalHistory history = history(watermark);
    int at = history.find(payment.time(), payment.id());
    if (at >= 0) {
      if (payment.count30d() > history.payment(at).count30d()) {
        history.payments[at] = payment;
        out.collect(history.row(at));
      }
      return;
    }
    at = -at - 1;
    history.insert(at, payment);
    out.collect(history.row(at));
    emit(history, payment.time() + Times.DELAY, payment.time() + Times.DELAY + Times.MONTH, out);
  }

  @Override
  public void processElement2(FraudLabel label, Context context, Collector<Row> out)
      throws Exception {
    long watermark = context.timerService().currentWatermark();
    if (label.eventTime() < watermark) {
      return;
    }
    TerminalHistory history = history(watermark);
    if (history.add(label)) {
      emit(history, label.eventTime(), label.eventTime() + Times.MONTH, out);
    }
  }

  private TerminalHistory history(long watermark) throws Exception {
    TerminalHistory history = state.value();
    if (history == null) {
      history = new TerminalHistory();
      state.update(history);
    }
    history.forget(Math.max(0, watermark));
    return history;
  }

  /** Emits once more the rows of times {@code [from, until)}. */
  private static void emit(TerminalHistory history, long from, long until, Collector<Row> out) {
    int first = history.to;
    while (first > history.open && history.times[first - 1] >= from) {
      first--;
    }
    for (int i = first; i < history.to && history.times[i] < until; i++) {
      out.collect(history.row(i));
    }
  }
}
