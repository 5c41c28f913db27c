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

/** {@link Transaction} as an event: messages named {@code transaction}, identified by their id. */
public final class TransactionType extends EventType<Transaction> {
  /** The largest amount that is believed, in cents: a billion currency units. */
  public static final long MAX_AMOUNT_CENTS = 100_000_000_000L;

  public static final QualityRule<Transaction> IDS_PRESENT =
      QualityRule.of(
          "transaction.ids-present",
          "id, customerId and terminalId have 1 to 64 characters",
          t -> "id=" + t.id() + " customerId=" + t.customerId() + " terminalId=" + t.terminalId(),
          t ->
              FraudRules.isId(t.id())
                  && FraudRules.isId(t.customerId())
                  && FraudRules.isId(t.terminalId()));

  public static final QualityRule<Transaction> AMOUNT_IN_RANGE =
      QualityRule.of(
          "transaction.amount-in-range",
          "amountCents is from 0 to " + MAX_AMOUNT_CENTS,
          Transaction::amountCents,
          t -> t.amountCents() >= 0 && t.amountCents() <= MAX_AMOUNT_CENTS);

  public static final QualityRule<Transaction> TIME_PLAUSIBLE =
      QualityRule.of(
          "transaction.time-plausible",
          "eventTime is in the years 1970 to 2199",
          Transaction::eventTime,
          t -> FraudRules.isPlausible(t.eventTime()));

  private static final List<QualityRule<Transaction>> RULES =
      List.of(IDS_PRESENT, AMOUNT_IN_RANGE, TIME_PLAUSIBLE);
  private static final Schema SCHEMA =
      AvroSchemas.load(TransactionType.class, "/schemas/fraud/transaction.v1.avsc");
  private static final JsonFields FIELDS =
      JsonFields.of("id", "eventTime", "customerId", "terminalId", "amountCents");
  private static final TransactionType INSTANCE = new TransactionType();

  private TransactionType() {}

  public static TransactionType of() {
    return INSTANCE;
  }

  @Override
  public String name() {
    return "transaction";
  }

  @Override
  public Class<Transaction> javaType() {
    return Transaction.class;
  }

  @Override
  public CompactCoder<Transaction> coder() {
    return TransactionCoder.of();
  }

  @Override
  public String id(Transaction event) {
    return event.id();
  }

  @Override
  public long eventTime(Transaction event) {
    return event.eventTime();
  }

  @Override
  public List<QualityRule<Transaction>> rules() {
    return RULES;
  }

  @Override
  public Schema avroSchema() {
    return SCHEMA;
  }

  @Override
  public Transaction readAvro(Decoder in) throws IOException {
    return Transaction.of(
        in.readString(), in.readLong(), in.readString(), in.readString(), in.readLong());
  }

  @Override
  public void writeAvro(Transaction event, Encoder out) throws IOException {
    out.writeString(event.id());
    out.writeLong(event.eventTime());
    out.writeString(event.customerId());
    out.writeString(event.terminalId());
    out.writeLong(event.amountCents());
  }

  @Override
  public Transaction readJson(JsonParser in) throws IOException, DecodeException {
    String id = "";
    long eventTime = 0;
    String customerId = "";
    String terminalId = "";
    long amountCents = 0;
    long seen = 0;
    int field;
    while ((field = FIELDS.next(in, seen)) >= 0) {
      seen |= 1L << field;
      switch (field) {
        case 0 -> id = JsonFields.text(in);
        case 1 -> eventTime = JsonFields.integer(in);
        case 2 -> customerId = JsonFields.text(in);
        case 3 -> terminalId = JsonFields.text(in);
        default -> amountCents = JsonFields.integer(in);
      }
    }
    return Transaction.of(id, eventTime, customerId, terminalId, amountCents);
  }

  @Override
  public void writeJson(Transaction event, JsonGenerator out) throws IOException {
    out.writeStringField("id", event.id());
    out.writeNumberField("eventTime", event.eventTime());
    out.writeStringField("customerId", event.customerId());
    out.writeStringField("terminalId", event.terminalId());
    out.writeNumberField("amountCents", event.amountCents());
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
