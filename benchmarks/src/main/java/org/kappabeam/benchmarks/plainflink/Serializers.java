package org.kappabeam.benchmarks.plainflink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;

/** How the job's values travel between its tasks. */
final class Serializers {
  static final OfTransaction TRANSACTION = new OfTransaction();
  static final OfLabel LABEL = new OfLabel();
  static final OfPayment PAYMENT = new OfPayment();

  private Serializers() {}

  static final class OfTransaction extends ImmutableSerializer<Transaction> {
    @Override
    public void serialize(Transaction value, DataOutputView out) throws IOException {
      StringValue.writeString(value.id(), out);
      out.writeLong(value.eventTime());
      StringValue.writeString(value.customerId(), out);
      StringValue.writeString(value.terminalId(), out);
      out.writeLong(value.amountCents());
      out.writeLong(value.merchantCategory());
    }

    @Override
    public Transaction deserialize(DataInputView in) throws IOException {
      return Transaction.of(
          StringValue.readString(in),
          in.readLong(),
          StringValue.readString(in),
          StringValue.readString(in),
          in.readLong(),
          in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<Transaction> snapshotConfiguration() {
      return new TransactionSnapshot();
    }

    /** Restores the serializer by its class. */
    public static final class TransactionSnapshot
        extends SimpleTypeSerializerSnapshot<Transaction> {
      public TransactionSnapshot() {
        super(OfTransaction::new);
      }
    }
  }

  static final class OfLabel extends ImmutableSerializer<FraudLabel> {
    @Override
    public void serialize(FraudLabel value, DataOutputView out) throws IOException {
      StringValue.writeString(value.transactionId(), out);
      StringValue.writeString(value.terminalId(), out);
      out.writeLong(value.transactionTime());
      out.writeLong(value.eventTime());
    }

    @Override
    public FraudLabel deserialize(DataInputView in) throws IOException {
      return FraudLabel.of(
          StringValue.readString(in), StringValue.readString(in), in.readLong(), in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<FraudLabel> snapshotConfiguration() {
      return new LabelSnapshot();
    }

    /** Restores the serializer by its class. */
    public static final class LabelSnapshot extends SimpleTypeSerializerSnapshot<FraudLabel> {
      public LabelSnapshot() {
        super(OfLabel::new);
      }
    }
  }

  static final class OfPayment extends ImmutableSerializer<Payment> {
    @Override
    public void serialize(Payment value, DataOutputView out) throws IOException {
      TRANSACTION.serialize(value.transaction(), out);
      out.writeInt(value.count1d());
      out.writeInt(value.count7d());
      out.writeInt(value.count30d());
      out.writeLong(value.cents1d());
      out.writeLong(value.cents7d());
      out.writeLong(value.cents30d());
    }

    @Override
    public Payment deserialize(DataInputView in) throws IOException {
      return new Payment(
          TRANSACTION.deserialize(in),
          in.readInt(),
          in.readInt(),
          in.readInt(),
          in.readLong(),
          in.readLong(),
          in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<Payment> snapshotConfiguration() {
      return new PaymentSnapshot();
    }

    /** Restores the serializer by its class. */
    public static final class PaymentSnapshot extends SimpleTypeSerializerSnapshot<Payment> {
      public PaymentSnapshot() {
        super(OfPayment::new);
      }
    }
  }
}
