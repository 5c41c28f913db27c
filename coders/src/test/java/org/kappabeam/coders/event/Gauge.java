package org.kappabeam.coders.event;

import java.io.IOException;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** An event with a field of every kind, and one of every kind that came with version 2. */
record Gauge(
    String id,
    long eventTime,
    double value,
    boolean valid,
    String unit,
    double scale,
    boolean checked) {

  /** What a message of version 1 with these fields means. */
  static Gauge first(String id, long eventTime, double value, boolean valid) {
    return new Gauge(id, eventTime, value, valid, "°C", 1.5, true);
  }

  /** The gauge as an event. */
  static final class Type extends EventType<Gauge> {
    static final Type INSTANCE = new Type();
    private static final EventSchemas SCHEMAS =
        EventSchemas.load(Type.class, "/schemas/gauge/gauge");

    @Override
    public String name() {
      return "gauge";
    }

    @Override
    public Class<Gauge> javaType() {
      return Gauge.class;
    }

    @Override
    public CompactCoder<Gauge> coder() {
      return new CompactCoder<>() {
        @Override
        public void write(Gauge gauge, ByteWriter out) {
          out.writeString(gauge.toString());
        }

        @Override
        public Gauge read(ByteReader in) throws IOException {
          throw new IOException("a gauge is never read from state here");
        }
      };
    }

    @Override
    public String id(Gauge event) {
      return event.id();
    }

    @Override
    public long eventTime(Gauge event) {
      return event.eventTime();
    }

    @Override
    public List<QualityRule<Gauge>> rules() {
      return List.of();
    }

    @Override
    public EventSchemas schemas() {
      return SCHEMAS;
    }

    @Override
    public Gauge read(FieldValues fields) {
      return new Gauge(
          fields.text(1),
          fields.integer(2),
          fields.decimal(3),
          fields.flag(4),
          fields.text(0),
          fields.decimal(5),
          fields.flag(6));
    }

    @Override
    public void write(Gauge event, FieldValues fields) {
      fields.setText(0, event.unit());
      fields.setText(1, event.id());
      fields.setInteger(2, event.eventTime());
      fields.setDecimal(3, event.value());
      fields.setFlag(4, event.valid());
      fields.setDecimal(5, event.scale());
      fields.setFlag(6, event.checked());
    }
  }
}
