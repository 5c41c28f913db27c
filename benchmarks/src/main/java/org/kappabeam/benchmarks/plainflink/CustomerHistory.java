package org.kappabeam.benchmarks.plainflink;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.fraud.Transaction;

/**
 * A customer's transactions of the last 30 days in the order of time and id, with running sums. Of
 * those the watermark has passed only times and sums remain.
 */
final class CustomerHistory {
  private static final int ROOM = 8;

  long[] times = new long[ROOM];

  /** Running sums, each including its transaction. */
  long[] sums = new long[ROOM];

  /** Null below {@link #open}. */
  @Nullable Transaction[] transactions = new Transaction[ROOM];

  int from;
  int open;
  int to;

  /** The running sum before {@link #from}. */
  long base;

  /** Where the transaction is or belongs: the index, or minus it minus one. */
  int find(long time, String id) {
    int at = to;
    while (at > open && times[at - 1] >= time) {
      if (times[at - 1] == time) {
        int order = transaction(at - 1).id().compareTo(id);
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

  void insert(int at, Transaction transaction) {
    System.arraycopy(times, at, times, at + 1, to - at);
    System.arraycopy(transactions, at, transactions, at + 1, to - at);
    System.arraycopy(sums, at, sums, at + 1, to - at);
    times[at] = transaction.eventTime();
    transactions[at] = transaction;
    to++;
    sums[at] = sumBefore(at);
    for (int i = at; i < to; i++) {
      sums[i] += transaction.amountCents();
    }
  }

  /** Drops what no row can look back to, and makes room for one more. */
  void forget(long watermark) {
    while (open < to && times[open] < watermark) {
      transactions[open++] = null;
    }
    while (from < open && times[from] <= watermark - Times.MONTH) {
      base = sums[from++];
    }
    if (to == times.length) {
      int size = to - from;
      int capacity = 2 * size > to ? 2 * to : to;
      times = moved(times, capacity);
      sums = moved(sums, capacity);
      Transaction[] all = new Transaction[capacity];
      System.arraycopy(transactions, from, all, 0, size);
      transactions = all;
      open -= from;
      to = size;
      from = 0;
    }
  }

  private long[] moved(long[] array, int capacity) {
    long[] moved = new long[capacity];
    System.arraycopy(array, from, moved, 0, to - from);
    return moved;
  }

  long sumBefore(int index) {
    return index == from ? base : sums[index - 1];
  }

  Payment payment(int i) {
    long time = times[i];
    int month = Times.after(times, from, i, time - Times.MONTH);
    int week = Times.after(times, month, i, time - Times.WEEK);
    int day = Times.after(times, week, i, time - Times.DAY);
    return new Payment(
        transaction(i),
        i + 1 - day,
        i + 1 - week,
        i + 1 - month,
        sums[i] - sumBefore(day),
        sums[i] - sumBefore(week),
        sums[i] - sumBefore(month));
  }

  Transaction transaction(int i) {
    Transaction transaction = transactions[i];
    if (transaction == null) {
      throw new IllegalStateException("the transaction is settled");
    }
    return transaction;
  }

  /** Flink copies what a running snapshot still needs before it hands it out for change. */
  static final class Serializer extends TypeSerializerSingleton<CustomerHistory> {
    @Override
    public boolean isImmutableType() {
      return false;
    }

    @Override
    public CustomerHistory createInstance() {
      return new CustomerHistory();
    }

    @Override
    public CustomerHistory copy(CustomerHistory from) {
      CustomerHistory copy = new CustomerHistory();
      copy.times = from.times.clone();
      copy.sums = from.sums.clone();
      copy.transactions = from.transactions.clone();
      copy.from = from.from;
      copy.open = from.open;
      copy.to = from.to;
      copy.base = from.base;
      return copy;
    }

    @Override
    public CustomerHistory copy(CustomerHistory from, CustomerHistory reuse) {
      return copy(from);
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public void serialize(CustomerHistory history, DataOutputView out) throws IOException {
      out.writeInt(history.open - history.from);
      out.writeInt(history.to - history.from);
      out.writeLong(history.base);
      for (int i = history.from; i < history.to; i++) {
        out.writeLong(history.times[i]);
        out.writeLong(history.sums[i]);
        if (i >= history.open) {
          Serializers.TRANSACTION.serialize(history.transaction(i), out);
        }
      }
    }

    @Override
    public CustomerHistory deserialize(DataInputView in) throws IOException {
      CustomerHistory history = new CustomerHistory();
      history.open = in.readInt();
      history.to = in.readInt();
      history.base = in.readLong();
      int capacity = Math.max(ROOM, history.to);
      history.times = Arrays.copyOf(history.times, capacity);
      history.sums = Arrays.copyOf(history.sums, capacity);
      history.transactions = Arrays.copyOf(history.transactions, capacity);
      for (int i = 0; i < history.to; i++) {
        history.times[i] = in.readLong();
        history.sums[i] = in.readLong();
        if (i >= history.open) {
          history.transactions[i] = Serializers.TRANSACTION.deserialize(in);
        }
      }
      return history;
    }

    @Override
    public CustomerHistory deserialize(CustomerHistory reuse, DataInputView in) throws IOException {
      return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
      serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<CustomerHistory> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Restores the serializer by its class. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<CustomerHistory> {
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
