package org.kappabeam.pipelines.fraud;

import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.decode.TimeRule;
import org.kappabeam.transforms.fold.EventTimeFold;
import org.kappabeam.transforms.shard.ShardBy;

/**
 * From the log's records to scored transactions: the whole logic of the pilot, without log or view.
 */
public final class FraudFeatures extends PTransform<PCollection<LogBatch>, PCollectionTuple> {
  private final TimeRule timeRule;
  private final int maxRecordBytes;
  private final int shards;
  private final LogFormat format;
  private final TupleTag<Batch<ScoredTransaction>> scored = new TupleTag<>() {};
  private final TupleTag<DeadLetter> deadLetters = new TupleTag<>() {};

  private FraudFeatures(TimeRule timeRule, int maxRecordBytes, int shards, LogFormat format) {
    this.timeRule = timeRule;
    this.maxRecordBytes = maxRecordBytes;
    this.shards = shards;
    this.format = format;
  }

  /** For a log whose messages show their own format. */
  public static FraudFeatures of(TimeRule timeRule, int maxRecordBytes, int shards) {
    return new FraudFeatures(timeRule, maxRecordBytes, shards, LogFormat.recognised());
  }

  /** The same for a log of that format. */
  public FraudFeatures reading(LogFormat other) {
    return new FraudFeatures(timeRule, maxRecordBytes, shards, other);
  }

  /** The events of the pilot's log, in the order in which plain formats count them. */
  public static List<EventType<?>> eventTypes() {
    return List.of(TransactionType.of(), FraudLabelType.of());
  }

  public TupleTag<Batch<ScoredTransaction>> scored() {
    return scored;
  }

  public TupleTag<DeadLetter> deadLetters() {
    return deadLetters;
  }

  @Override
  public PCollectionTuple expand(PCollection<LogBatch> records) {
    Route<Transaction, Transaction> payments =
        Route.of(TransactionType.of(), Transaction::customerId);
    Route<FraudLabel, TerminalEvent> labels =
        Route.of(
            FraudLabelType.of(),
            FraudLabel::terminalId,
            TerminalEvent::of,
            TerminalEvent.TerminalEventCoder.of());
    // In the order of eventTypes().
    DecodeLog decode =
        DecodeLog.of(List.of(payments, labels), timeRule, maxRecordBytes, shards).reading(format);
    PCollectionTuple events = records.apply("Decode", decode);

    EventTimeFold<Transaction, Spending> byCustomer = EventTimeFold.of(new CustomerFold());
    PCollectionTuple spending = events.get(payments.tag()).apply("By customer", byCustomer);

    PCollection<KV<Integer, Batch<TerminalEvent>>> atTerminals =
        PCollectionList.of(
                spending
                    .get(byCustomer.rows())
                    .apply(
                        "To terminals",
                        ShardBy.of(
                            TerminalEvent::of,
                            TerminalEvent::terminalId,
                            TerminalEvent.TerminalEventCoder.of(),
                            shards)))
            .and(events.get(labels.tag()))
            .apply("Payments and labels", Flatten.pCollections());

    EventTimeFold<TerminalEvent, ScoredTransaction> byTerminal =
        EventTimeFold.of(new TerminalFold());
    PCollectionTuple scores = atTerminals.apply("By terminal", byTerminal);

    PCollection<DeadLetter> refused =
        PCollectionList.of(events.get(decode.deadLetters()))
            .and(spending.get(byCustomer.deadLetters()))
            .and(scores.get(byTerminal.deadLetters()))
            .apply("Refused", Flatten.pCollections());
    return PCollectionTuple.of(scored, scores.get(byTerminal.rows())).and(deadLetters, refused);
  }
}
