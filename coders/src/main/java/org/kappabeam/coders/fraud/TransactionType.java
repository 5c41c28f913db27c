package org.kappabeam.coders.fraud;

import java.util.List;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.event.EventSchemas;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.FieldValues;
import org.kappabeam.coders.event.QualityRule;

/** {@link Transaction} as an event: messages named {@code transaction}, identified by their id. */
public final class TransactionType extends EventType<Transaction> {
  /** The largest amount that is believed, in cents: a billion currency units. */
  public static final long MAX_AMOUNT_CENTS = 100_000_000_000L;

  /** Codes of ISO 18245 have four digits. */
  private static final long MAX_MERCHANT_CATEGORY = 9_999;

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

  public static final QualityRule<Transaction> CATEGORY_IN_RANGE =
      QualityRule.of(
          "transaction.category-in-range",
          "merchantCategory is from 0 to " + MAX_MERCHANT_CATEGORY,
          Transaction::merchantCategory,
          t -> t.merchantCategory() >= 0 && t.merchantCategory() <= MAX_MERCHANT_CATEGORY);

  private static final List<QualityRule<Transaction>> RULES =
      List.of(IDS_PRESENT, AMOUNT_IN_RANGE, TIME_PLAUSIBLE, CATEGORY_IN_RANGE);
  private static final EventSchemas SCHEMAS =
      EventSchemas.load(TransactionType.class, "/schemas/fraud/transaction");
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
  public EventSchemas schemas() {
    return SCHEMAS;
  }

  @Override
  public Transaction read(FieldValues fields) {
    return Transaction.of(
        fields.text(0),
        fields.integer(1),
        fields.text(2),
        fields.text(3),
        fields.integer(4),
        fields.integer(5));
  }

  @Override
  public void write(Transaction event, FieldValues fields) {
    fields.setText(0, event.id());
    fields.setInteger(1, event.eventTime());
    fields.setText(2, event.customerId());
    fields.setText(3, event.terminalId());
    fields.setInteger(4, event.amountCents());
    fields.setInteger(5, event.merchantCategory());
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
