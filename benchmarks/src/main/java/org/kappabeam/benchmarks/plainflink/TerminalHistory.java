package org.kappabeam.benchmarks.plainflink;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;

/**
 * A terminal's payments of the last 37 days and labels of the last 30, in the order of time and id.
 * Of payments that the watermark has passed only times remain.
 */
final class TerminalHistory {
  private static final int ROOM = 8;

  long[] times = new long[ROOM];

  /** Null below {@link #open}. */
  @Nullable Payment[] payments = new Payment[ROOM];

  int from;
  int open;
  int to;

  long[] labelTimes = new long[0];
  String[] labelIds = new String[0];
  int labels;

  /** Where the payment is or belongs: the index, or minus it minus one. */
  int find(long time, String id) {
    int at = to;
    while (at > open && times[at - 1] >= time) {
      if (times[at - 1] == time) {
        int order = payment(at - 1).id().compareTo(id);
        if (order == 0) {
          return at - 1;
        }
        if (order < 0) {
          break;
        }
      }
      at--;
    }
    return -at - 1;
  }

  void insert(int at, Payment payment) {
    System.arraycopy(times, at, times, at + 1, to - at);
    System.arraycopy(payments, at, payments, at + 1, to - at);
    times[at] = payment.time();
    payments[at] = payment;
    to++;
  }

  /** Adds a label; false if it was there. */
  boolean add(FraudLabel label) {
    int at = labels;
    while (at > 0 && labelTimes[at - 1] >= label.eventTime()) {
      if (labelTimes[at - 1] == label.eventTime()) {
        int order = labelIds[at - 1].compareTo(label.transactionId());
        if (order == 0) {
          return false;
        }
        if (order < 0) {
          break;
        }
      }
      at--;
    }
    if (labels == labelTimes.length) {
      labelTimes = Arrays.copyOf(labelTimes, Math.max(4, 2 * labels));
      labelIds = Arrays.copyOf(labelIds, labelTimes.length);
    }
    System.arraycopy(labelTimes, at, labelTimes, at + 1, labels - at);
    System.arraycopy(labelIds, at, labelIds, at + 1, labels - at);
    labelTimes[at] = label.eventTime();
    labelIds[at] = label.transactionId();
    labels++;
    return true;
  }

  /** Drops what no row can look back to, and makes room for one more payment. */
  void forget(long watermark) {
    while (open < to && times[open] < watermark) {
      payments[open++] = null;
    }
    while (from < open && times[from] <= watermark - Times.DELAY - Times.MONTH) {
      from++;
    }
    if (to == times.length) {
      int size = to - from;
      int capacity = 2 * size > to ? 2 * to : to;
      long[] allTimes = new long[capacity];
      Payment[] all = new Payment[capacity];
      System.arraycopy(times, from, allTimes, 0, size);
      System.arraycopy(payments, from, all, 0, size);
      times = allTimes;
      payments = all;
      open -= from;
      to = size;
      from = 0;
    }
    if (labels > 0 && labelTimes[0] <= watermark - Times.MONTH) {
      int gone = Times.after(labelTimes, 0, labels, watermark - Times.MONTH);
      System.arraycopy(labelTimes, gone, labelTimes, 0, labels - gone);
      System.arraycopy(labelIds, gone, labelIds, 0, labels - gone);
      Arrays.fill(labelIds, labels - gone, labels, null);
      labels -= gone;
    }
  }

  Row row(int i) {
    Payment p = payment(i);
    Transaction t = p.transaction();
    long time = times[i];
    long end = time - Times.DELAY;
    int last = Times.after(times, from, i, end);
    int month = Times.after(times, from, last, end - Times.MONTH);
    int week = Times.after(times, month, last, end - Times.WEEK);
    int day = Times.after(times, week, last, end - Times.DAY);
    int lastLabel = labels == 0 ? 0 : Times.after(labelTimes, 0, labels, time);
    int monthLabel = Times.after(labelTimes, 0, lastLabel, time - Times.MONTH);
    int weekLabel = Times.after(labelTimes, monthLabel, lastLabel, time - Times.WEEK);
    int dayLabel = Times.after(labelTimes, weekLabel, lastLabel, time - Times.DAY);
    // 1970-01-01 was a Thursday.
    long weekday = Math.floorMod(Math.floorDiv(time, Times.DAY) + 3, 7L);
    long hour = Math.floorMod(time, Times.DAY) / (60 * 60 * 1000);
    return new Row(
        t.id(),
        (long) p.count30d() + (last - month) + (lastLabel - monthLabel),
        time * 1000,
        t.customerId(),
        t.terminalId(),
        t.amountCents(),
        weekday >= 5,
        hour <= 6,
        p.count1d(),
        p.cents1d() / (100.0 * p.count1d()),
        p.count7d(),
        p.cents7d() / (100.0 * p.count7d()),
        p.count30d(),
        p.cents30d() / (100.0 * p.count30d()),
        last - day,
        share(lastLabel - dayLabel, last - day),
        last - week,
        share(lastLabel - weekLabel, last - week),
        last - month,
        share(lastLabel - monthLabel, last - month));
  }

  private static double share(int frauds, int count) {
    return count == 0 ? 0 : frauds / (double) count;
  }

  Payment payment(int i) {
    Payment payment = payments[i];
    if (payment == null) {
      throw new IllegalStateException("the payment is settled");
    }
    return payment;
  }

  /** Flink copies what a running snapshot still needs before it hands it out for change. */
  static final class Serializer extends TypeSerializerSingleton<TerminalHistory> {
    @Override
    public boolean isImmutableType() {
      return false;
    }

    @Override
    public TerminalHistory createInstance() {
      return new TerminalHistory();
    }

    @Override
    public TerminalHistory copy(TerminalHistory from) {
      TerminalHistory copy = new TerminalHistory();
      copy.times = from.times.clone();
      copy.payments = from.payments.clone();
      copy.from = from.from;
      copy.open = from.open;
      copy.to = from.to;
      copy.labelTimes = from.labelTimes.clone();
      copy.labelIds = from.labelIds.clone();
      copy.labels = from.labels;
      return copy;
    }

    @Override
    public TerminalHistory copy(TerminalHistory from, TerminalHistory reuse) {
      return copy(from);
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public void serialize(TerminalHistory history, DataOutputView out) throws IOException {
      out.writeInt(history.open - history.from);
      out.writeInt(history.to - history.from);
      for (int i = history.from; i < history.to; i++) {
        out.writeLong(history.times[i]);
        if (i >= history.open) {
          Serializers.PAYMENT.serialize(history.payment(i), out);
        }
      }
      out.writeInt(history.labels);
      for (int i = 0; i < history.labels; i++) {
        out.writeLong(history.labelTimes[i]);
        StringValue.writeString(history.labelIds[i], out);
      }
    }

    @Override
    public TerminalHistory deserialize(DataInputView in) throws IOException {
      TerminalHistory history = new TerminalHistory();
      history.open = in.readInt();
      history.to = in.readInt();
      int capacity = Math.max(ROOM, history.to);
      history.times = new long[capacity];
      history.payments = new Payment[capacity];
      for (int i = 0; i < history.to; i++) {
        history.times[i] = in.readLong();
        if (i >= history.open) {
          history.payments[i] = Serializers.PAYMENT.deserialize(in);
        }
      }
      history.labels = in.readInt();
      history.labelTimes = new long[history.labels];
      history.labelIds = new String[history.labels];
      for (int i = 0; i < history.labels; i++) {
        history.labelTimes[i] = in.readLong();
        history.labelIds[i] = StringValue.readString(in);
      }
      return history;
    }

    @Override
    public TerminalHistory deserialize(TerminalHistory reuse, DataInputView in) throws IOException {
      return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
      serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<TerminalHistory> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Restores the serializer by its class. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<TerminalHistory> {
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
