package org.kappabeam.benchmarks.plainflink;

import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventDecoder;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;

/** From bytes to checked transactions and labels; what is refused is counted. */
final class Decode extends ProcessFunction<ConsumerRecord<byte[], byte[]>, Transaction> {
  static final OutputTag<FraudLabel> LABELS =
      new OutputTag<>("labels", new Typed<>(FraudLabel.class, Serializers.LABEL));

  private final long latenessMillis;
  private final long skewMillis;
  private transient EventDecoder decoder;
  private transient Counter refused;

  Decode(long latenessMillis, long skewMillis) {
    this.latenessMillis = latenessMillis;
    this.skewMillis = skewMillis;
  }

  @Override
  public void open(Configuration parameters) {
    decoder = new EventDecoder(List.of(TransactionType.of(), FraudLabelType.of()), 262_144);
    refused = getRuntimeContext().getMetricGroup().counter("refused");
  }

  @Override
  public void processElement(
      ConsumerRecord<byte[], byte[]> record, Context context, Collector<Transaction> out) {
    try {
      if (decoder.decode(record.value()) == 0) {
        Transaction transaction = (Transaction) decoder.event();
        if (inTime(transaction.eventTime(), record.timestamp())) {
          out.collect(transaction);
        }
      } else {
        FraudLabel label = (FraudLabel) decoder.event();
        if (inTime(label.eventTime(), record.timestamp())) {
          context.output(LABELS, label);
        }
      }
    } catch (DecodeException e) {
      refused.inc();
    }
  }

  private boolean inTime(long eventTime, long logTime) {
    long delay = logTime - eventTime;
    boolean inTime = delay <= latenessMillis && -delay <= skewMillis;
    if (!inTime) {
      refused.inc();
    }
    return inTime;
  }
}
