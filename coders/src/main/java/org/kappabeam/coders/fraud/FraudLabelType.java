package org.kappabeam.coders.fraud;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.event.AvroSchemas;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.JsonFields;
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
  private static final Schema SCHEMA =
      AvroSchemas.load(FraudLabelType.class, "/schemas/fraud/fraud_label.v1.avsc");
  private static final JsonFields FIELDS =
      JsonFields.of("transactionId", "terminalId", "transactionTime", "eventTime");
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
  public Schema avroSchema() {
    return SCHEMA;
  }

  @Override
  public FraudLabel readAvro(Decoder in) throws IOException {
    return FraudLabel.of(in.readString(), in.readString(), in.readLong(), in.readLong());
  }

  @Override
  public void writeAvro(FraudLabel event, Encoder out) throws IOException {
    out.writeString(event.transactionId());
    out.writeString(event.terminalId());
    out.writeLong(event.transactionTime());
    out.writeLong(event.eventTime());
  }

  @Override
  public FraudLabel readJson(JsonParser in) throws IOException, DecodeException {
    String transactionId = "";
    String terminalId = "";
    long transactionTime = 0;
    long eventTime = 0;
    long seen = 0;
    int field;
    while ((field = FIELDS.next(in, seen)) >= 0) {
      seen |= 1L << field;
      switch (field) {
        case 0 -> transactionId = JsonFields.text(in);
        case 1 -> terminalId = JsonFields.text(in);
        case 2 -> transactionTime = JsonFields.integer(in);
        default -> eventTime = JsonFields.integer(in);
      }
    }
    return FraudLabel.of(transactionId, terminalId, transactionTime, eventTime);
  }

  @Override
  public void writeJson(FraudLabel event, JsonGenerator out) throws IOException {
    out.writeStringField("transactionId", event.transactionId());
    out.writeStringField("terminalId", event.terminalId());
    out.writeNumberField("transactionTime", event.transactionTime());
    out.writeNumberField("eventTime", event.eventTime());
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
