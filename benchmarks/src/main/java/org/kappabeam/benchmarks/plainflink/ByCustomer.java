package org.kappabeam.benchmarks.plainflink;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.kappabeam.coders.fraud.Transaction;

/** Per customer: how often and how much; an out-of-order transaction corrects the later ones. */
final class ByCustomer extends KeyedProcessFunction<String, Transaction, Payment> {
  private transient ValueState<CustomerHistory> state;

  @Override
  public void open(Configuration parameters) {
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("history", new CustomerHistory.Serializer()));
  }

  @Override
  public void processElement(Transaction transaction, Context context, Collector<Payment> out)
      throws Exception {
    long watermark = context.timerService().currentWatermark();
    if (transaction.eventTime() < watermark) {
      return;
    }
    CustomerHistory history = state.value();
    if (history == null) {
      history = new CustomerHistory();
      state.update(history);
    }
    history.forget(Math.max(0, watermark));
    int at = history.find(transaction.eventTime(), transaction.id());
    if (at >= 0) {
      return;
    }
    at = -at - 1;
    history.insert(at, transaction);
    long end = transaction.eventTime() + Times.MONTH;
    for (int i = at; i < history.to && history.times[i] < end; i++) {
      out.collect(history.payment(i));
    }
  }
}
