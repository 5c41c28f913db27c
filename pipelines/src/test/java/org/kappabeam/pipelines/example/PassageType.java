package org.kappabeam.pipelines.example;

import java.util.List;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.event.EventSchemas;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.FieldValues;
import org.kappabeam.coders.event.QualityRule;

/** {@link Passage} as an event: its messages, and what makes one valid. */
final class PassageType extends EventType<Passage> {
  private static final EventSchemas SCHEMAS =
      EventSchemas.load(PassageType.class, "/schemas/parking/passage");
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
  public EventSchemas schemas() {
    return SCHEMAS;
  }

  @Override
  public Passage read(FieldValues fields) {
    return Passage.of(fields.text(0), fields.integer(1), fields.text(2), fields.integer(3));
  }

  @Override
  public void write(Passage event, FieldValues fields) {
    fields.setText(0, event.id());
    fields.setInteger(1, event.eventTime());
    fields.setText(2, event.garageId());
    fields.setInteger(3, event.change());
  }

  /** A deserialized type is the same type. */
  private Object readResolve() {
    return INSTANCE;
  }
}
