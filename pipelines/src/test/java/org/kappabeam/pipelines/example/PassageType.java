package org.kappabeam.pipelines.example;

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

/** {@link Passage} as an event: its messages, and what makes one valid. */
final class PassageType extends EventType<Passage> {
  private static final Schema SCHEMA =
      AvroSchemas.load(PassageType.class, "/schemas/parking/passage.v1.avsc");
  private static final JsonFields FIELDS = JsonFields.of("id", "eventTime", "garageId", "change");
  private static final PassageType INSTANCE = new PassageType();

  private PassageType() {}

  static PassageType of() {
    return INSTANCE;
  }

  @Override
  public String name() {
    return "passage";
  }

  @Override
  public Class<Passage> javaType() {
    return Passage.class;
  }

  @Override
  public CompactCoder<Passage> coder() {
    return new PassageCoder();
  }

  @Override
  public String id(Passage event) {
    return event.id();
  }

  @Override
  public long eventTime(Passage event) {
    return event.eventTime();
  }

  @Override
  public List<QualityRule<Passage>> rules() {
    return List.of(
        QualityRule.of(
            "passage.one-car-at-a-time",
            "change is 1 or -1",
            Passage::change,
            passage -> Math.abs(passage.change()) == 1));
  }

  @Override
  public Schema avroSchema() {
    return SCHEMA;
  }

  @Override
  public Passage readAvro(Decoder in) throws IOException {
    return Passage.of(in.readString(), in.readLong(), in.readString(), in.readLong());
  }

  @Override
  public void writeAvro(Passage event, Encoder out) throws IOException {
    out.writeString(event.id());
    out.writeLong(event.eventTime());
    out.writeString(event.garageId());
    out.writeLong(event.change());
  }

  @Override
  public Passage readJson(JsonParser in) throws IOException, DecodeException {
    String id = "";
    long eventTime = 0;
    String garageId = "";
    long change = 0;
    long seen = 0;
    int field;
    while ((field = FIELDS.next(in, seen)) >= 0) {
      seen |= 1L << field;
      switch (field) {
        case 0 -> id = JsonFields.text(in);
        case 1 -> eventTime = JsonFields.integer(in);
        case 2 -> garageId = JsonFields.text(in);
        default -> change = JsonFields.integer(in);
      }
    }
    return Passage.of(id, eventTime, garageId, change);
  }

  @Override
  public void writeJson(Passage event, JsonGenerator out) throws IOException {
    out.writeStringField("id", event.id());
    out.writeNumberField("eventTime", event.eventTime());
    out.writeStringField("garageId", event.garageId());
    out.writeNumberField("change", event.change());
  }

  /** A deserialized type is the same type. */
  private Object readResolve() {
    return INSTANCE;
  }
}
