package org.kappabeam.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventDecoder;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventSchema;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.fraud.TransactionV2;
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
 * From a message's bytes to a transaction, in each format, by our decoder (recognition, checks of
 * the bytes and quality rules included) and by what a user would otherwise pick: nanoseconds per
 * message. Each reader is checked against the event before it is measured; what the others make is
 * their own class, not yet an event, and not yet checked.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FormatBenchmark {
  private static final int MESSAGES = 1_000;
  private static final int AVRO_ID = 1;
  private static final int PROTOBUF_ID = 2;
  private static final Schema AVRO = TransactionType.of().schemas().newest().avro();

  /** Which reader of which format. */
  @Param public Kind kind = Kind.KAPPA_AVRO;

  private Reader reader = message -> message;
  private List<byte[]> messages = List.of();

  /** The readers compared. */
  public enum Kind {
    KAPPA_AVRO(MessageFormat.AVRO),
    /** Written by a producer of version 1, read as the newest. */
    KAPPA_AVRO_OLD(MessageFormat.AVRO),
    KAPPA_AVRO_PLAIN(MessageFormat.AVRO_PLAIN),
    KAPPA_AVRO_CONFLUENT(MessageFormat.AVRO_CONFLUENT),
    KAPPA_PROTOBUF_PLAIN(MessageFormat.PROTOBUF_PLAIN),
    KAPPA_PROTOBUF_CONFLUENT(MessageFormat.PROTOBUF_CONFLUENT),
    KAPPA_JSON(MessageFormat.JSON),
    /** Avro's generic record, reader and writer schema alike. */
    AVRO_GENERIC(MessageFormat.AVRO_PLAIN),
    /** The class Avro generates. */
    AVRO_GENERATED(MessageFormat.AVRO_PLAIN),
    /** The class protoc generates. */
    PROTOBUF_GENERATED(MessageFormat.PROTOBUF_PLAIN),
    /** Protobuf by descriptor. */
    PROTOBUF_DYNAMIC(MessageFormat.PROTOBUF_PLAIN),
    /** Jackson's data binding to a bean. */
    JACKSON_BEAN(MessageFormat.JSON);

    final MessageFormat format;

    Kind(MessageFormat format) {
      this.format = format;
    }
  }

  private interface Reader {
    Object read(byte[] message) throws IOException, DecodeException;
  }

  @Setup
  public void setUp() throws IOException, DecodeException {
    TransactionType type = TransactionType.of();
    EventSchema version = type.schemas().version(kind == Kind.KAPPA_AVRO_OLD ? 1 : 2);
    EventEncoder encoder =
        new EventEncoder(
            List.of(type),
            (t, v, format) -> format == MessageFormat.AVRO_CONFLUENT ? AVRO_ID : PROTOBUF_ID);
    List<Transaction> transactions = new ArrayList<>();
    messages = new ArrayList<>();
    for (LabelledTransaction one :
        new FraudSimulator(FraudSimulator.Options.of(7, 5, 5_000, 10_000))) {
      if (transactions.size() == MESSAGES) {
        break;
      }
      transactions.add(one.transaction());
      messages.add(encoder.encode(type, one.transaction(), kind.format, version));
    }
    reader = reader();
    for (int i = 0; i < MESSAGES; i++) {
      verify(transactions.get(i), reader.read(messages.get(i)));
    }
  }

  /** The amount and the id: enough to see that it was read, and as what. */
  private static void verify(Transaction written, Object read) {
    String shown = read.toString();
    if (!shown.contains(written.id()) || !shown.contains(Long.toString(written.amountCents()))) {
      throw new IllegalStateException(written + " came back as " + read);
    }
  }

  private Reader reader() {
    return switch (kind) {
      case KAPPA_AVRO, KAPPA_AVRO_OLD, KAPPA_JSON -> kappa(LogFormat.recognised());
      case KAPPA_AVRO_CONFLUENT, KAPPA_PROTOBUF_CONFLUENT ->
          kappa(LogFormat.of(null, null, registered()));
      case KAPPA_AVRO_PLAIN, KAPPA_PROTOBUF_PLAIN -> kappa(LogFormat.of(kind.format, null, null));
      case AVRO_GENERIC -> avro(new GenericDatumReader<GenericRecord>(AVRO));
      case AVRO_GENERATED -> avro(new SpecificDatumReader<>(org.kappabeam.fraud.Transaction.class));
      case PROTOBUF_GENERATED -> TransactionV2.Transaction::parseFrom;
      case PROTOBUF_DYNAMIC ->
          message -> DynamicMessage.parseFrom(TransactionV2.Transaction.getDescriptor(), message);
      case JACKSON_BEAN -> {
        ObjectMapper mapper = new ObjectMapper();
        yield message -> mapper.readValue(message, Bean.class);
      }
    };
  }

  private static SchemaPins registered() {
    EventSchema newest = TransactionType.of().schemas().newest();
    return SchemaPins.of(
        List.of(
            new SchemaPins.Pin(
                "avro",
                1,
                AVRO_ID,
                RegisteredSchema.of(Language.AVRO, newest.avro().toString(), List.of())),
            new SchemaPins.Pin(
                "protobuf",
                1,
                PROTOBUF_ID,
                RegisteredSchema.of(
                    Language.PROTOBUF, String.valueOf(newest.protoText()), List.of()))));
  }

  private static Reader kappa(LogFormat format) {
    List<EventType<?>> types = List.of(TransactionType.of());
    EventDecoder decoder = new EventDecoder(types, 262_144, format);
    return message -> {
      decoder.decode(message);
      return decoder.event();
    };
  }

  private static <T> Reader avro(DatumReader<T> reader) {
    BinaryDecoder[] reused = new BinaryDecoder[1];
    return message -> {
      reused[0] = DecoderFactory.get().binaryDecoder(message, reused[0]);
      return reader.read(null, reused[0]);
    };
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void decode(Blackhole hole) throws IOException, DecodeException {
    for (int i = 0; i < MESSAGES; i++) {
      hole.consume(reader.read(messages.get(i)));
    }
  }

  /** The message as a bean with public fields. */
  public static final class Bean {
    public String type = "";
    public String id = "";
    public long eventTime;
    public String customerId = "";
    public String terminalId = "";
    public long amountCents;
    public long merchantCategory;

    @Override
    public String toString() {
      return type + " " + id + " " + amountCents;
    }
  }
}
