package org.kappabeam.coders.fraud;

import java.util.List;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.event.EventSchemas;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.FieldValues;
import org.kappabeam.coders.event.QualityRule;

/**
 * {@link FraudLabel} as an event: messages named {@code fraud_label}, identified by the
 * transaction's id.
 */
public final class FraudLabelType extends EventType<FraudLabel> {

  public static final QualityRule<FraudLabel> IDS_PRESENT =
      QualityRule.of(
          "fraud_label.ids-present",
          "transactionId and terminalId have 1 to 64 characters",
          l -> "transactionId=" + l.transactionId() + " terminalId=" + l.terminalId(),
          l -> FraudRules.isId(l.transactionId()) && FraudRules.isId(l.terminalId()));

  public static final QualityRule<FraudLabel> TIMES_PLAUSIBLE =
      QualityRule.of(
          "fraud_label.times-plausible",
          "transactionTime and eventTime are in the years 1970 to 2199",
          FraudLabelType::times,
          l ->
              FraudRules.isPlausible(l.transactionTime()) && FraudRules.isPlausible(l.eventTime()));

  public static final QualityRule<FraudLabel> KNOWN_AFTERWARDS =
      QualityRule.of(
          "fraud_label.known-afterwards",
          "eventTime is not before transactionTime",
          FraudLabelType::times,
          l -> l.eventTime() >= l.transactionTime());

  private static final List<QualityRule<FraudLabel>> RULES =
      List.of(IDS_PRESENT, TIMES_PLAUSIBLE, KNOWN_AFTERWARDS);
  private static final EventSchemas SCHEMAS =
      EventSchemas.load(FraudLabelType.class, "/schemas/fraud/fraud_label");
  private static final FraudLabelType INSTANCE = new FraudLabelType();

  private FraudLabelType() {}

  public static FraudLabelType of() {
    return INSTANCE;
  }

  private static String times(FraudLabel label) {
    return "transactionTime=" + label.transactionTime() + " eventTime=" + label.eventTime();
  }

  @Override
  public String name() {
    return "fraud_label";
  }

  @Override
  public Class<FraudLabel> javaType() {
    return FraudLabel.class;
  }

  @Override
  public CompactCoder<FraudLabel> coder() {
    return FraudLabelCoder.of();
  }

  @Override
  public String id(FraudLabel event) {
    return event.transactionId();
  }

  @Override
  public long eventTime(FraudLabel event) {
    return event.eventTime();
  }

  @Override
  public List<QualityRule<FraudLabel>> rules() {
    return RULES;
  }

  @Override
  public EventSchemas schemas() {
    return SCHEMAS;
  }

  @Override
  public FraudLabel read(FieldValues fields) {
    return FraudLabel.of(fields.text(0), fields.text(1), fields.integer(2), fields.integer(3));
  }

  @Override
  public void write(FraudLabel event, FieldValues fields) {
    fields.setText(0, event.transactionId());
    fields.setText(1, event.terminalId());
    fields.setInteger(2, event.transactionTime());
    fields.setInteger(3, event.eventTime());
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
