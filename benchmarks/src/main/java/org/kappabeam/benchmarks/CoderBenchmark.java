package org.kappabeam.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.schemas.JavaBeanSchema;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionCoder;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Our coder of a transaction against the coders Beam offers for the same type, through streams as a
 * runner uses them: nanoseconds per value; the bytes per value are printed by the set-up.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CoderBenchmark {
  private static final int VALUES = 1_000;

  /** Which coder. */
  @Param public Kind kind = Kind.KAPPA;

  private Codec<?> codec = new Codec<>(TransactionCoder.of(), List.of());

  /** The coders compared. */
  public enum Kind {
    /** Our own. */
    KAPPA,
    /** Avro by reflection over a bean. */
    AVRO,
    /** Beam's rows, from a bean's getters and setters. */
    SCHEMA,
    /** Java serialization. */
    SERIALIZABLE
  }

  @Setup
  public void setUp() throws IOException, NoSuchSchemaException {
    List<Transaction> transactions = new ArrayList<>();
    for (LabelledTransaction one :
        new FraudSimulator(FraudSimulator.Options.of(7, 5, 5_000, 10_000))) {
      if (transactions.size() == VALUES) {
        break;
      }
      transactions.add(one.transaction());
    }
    List<Bean> beans = transactions.stream().map(Bean::of).toList();
    codec =
        switch (kind) {
          case KAPPA -> new Codec<>(TransactionCoder.of(), transactions);
          case AVRO -> new Codec<>(AvroCoder.of(Bean.class), beans);
          case SCHEMA -> new Codec<>(schemaCoder(), beans);
          case SERIALIZABLE -> new Codec<>(SerializableCoder.of(Bean.class), beans);
        };
    codec.verify();
    System.out.println(kind + ": " + codec.bytesPerValue() + " bytes per value");
  }

  private static SchemaCoder<Bean> schemaCoder() throws NoSuchSchemaException {
    return SchemaRegistry.createDefault().getSchemaCoder(TypeDescriptor.of(Bean.class));
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public void encode(Blackhole hole) throws IOException {
    codec.encodeAll(hole);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public void decode(Blackhole hole) throws IOException {
    codec.decodeAll(hole);
  }

  /** A coder and its values, encoded and not. */
  private static final class Codec<T> {
    private final Coder<T> coder;
    private final List<T> values;
    private final List<byte[]> encoded = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 10);

    Codec(Coder<T> coder, List<T> values) {
      this.coder = coder;
      this.values = values;
    }

    void verify() throws IOException {
      for (T value : values) {
        out.reset();
        coder.encode(value, out);
        encoded.add(out.toByteArray());
        T back = coder.decode(new ByteArrayInputStream(out.toByteArray()));
        if (!back.equals(value)) {
          throw new IllegalStateException(value + " came back as " + back);
        }
      }
    }

    double bytesPerValue() {
      return encoded.stream().mapToInt(bytes -> bytes.length).average().orElse(0);
    }

    void encodeAll(Blackhole hole) throws IOException {
      for (int i = 0; i < values.size(); i++) {
        out.reset();
        coder.encode(values.get(i), out);
        hole.consume(out.size());
      }
    }

    void decodeAll(Blackhole hole) throws IOException {
      for (int i = 0; i < encoded.size(); i++) {
        hole.consume(coder.decode(new ByteArrayInputStream(encoded.get(i))));
      }
    }
  }

  /** The same fields as a bean, which is what Beam's coders want. */
  @DefaultSchema(JavaBeanSchema.class)
  public static class Bean implements Serializable {
    private String id = "";
    private long eventTime;
    private String customerId = "";
    private String terminalId = "";
    private long amountCents;
    private long merchantCategory;

    static Bean of(Transaction transaction) {
      Bean bean = new Bean();
      bean.setId(transaction.id());
      bean.setEventTime(transaction.eventTime());
      bean.setCustomerId(transaction.customerId());
      bean.setTerminalId(transaction.terminalId());
      bean.setAmountCents(transaction.amountCents());
      bean.setMerchantCategory(transaction.merchantCategory());
      return bean;
    }

    public String getId() {
      return id;
    }

    public void setId(String id) {
      this.id = id;
    }

    public long getEventTime() {
      return eventTime;
    }

    public void setEventTime(long eventTime) {
      this.eventTime = eventTime;
    }

    public String getCustomerId() {
      return customerId;
    }

    public void setCustomerId(String customerId) {
      this.customerId = customerId;
    }

    public String getTerminalId() {
      return terminalId;
    }

    public void setTerminalId(String terminalId) {
      this.terminalId = terminalId;
    }

    public long getAmountCents() {
      return amountCents;
    }

    public void setAmountCents(long amountCents) {
      this.amountCents = amountCents;
    }

    public long getMerchantCategory() {
      return merchantCategory;
    }

    public void setMerchantCategory(long merchantCategory) {
      this.merchantCategory = merchantCategory;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bean that
          && id.equals(that.id)
          && eventTime == that.eventTime
          && customerId.equals(that.customerId)
          && terminalId.equals(that.terminalId)
          && amountCents == that.amountCents
          && merchantCategory == that.merchantCategory;
    }

    @Override
    public int hashCode() {
      return Objects.hash(id, eventTime);
    }
  }
}
