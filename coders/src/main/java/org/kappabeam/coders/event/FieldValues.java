package org.kappabeam.coders.event;

import java.util.List;

/**
 * The fields of one event between a message and its Java value, in the order of the newest schema.
 * Reused from message to message; not thread-safe.
 */
public final class FieldValues {
  private final EventField[] fields;
  private final String[] texts;
  private final long[] numbers;
  private final long all;

  /** A bit for each field that has a value. */
  private long present;

  FieldValues(List<EventField> fields) {
    this.fields = fields.toArray(new EventField[0]);
    this.texts = new String[this.fields.length];
    this.numbers = new long[this.fields.length];
    this.all = (1L << this.fields.length) - 1;
  }

  /** The text of a {@link EventField.Kind#TEXT} field. */
  public String text(int field) {
    return texts[field];
  }

  /** The number of a {@link EventField.Kind#LONG} field. */
  public long integer(int field) {
    return numbers[field];
  }

  /** The number of a {@link EventField.Kind#DOUBLE} field. */
  public double decimal(int field) {
    return Double.longBitsToDouble(numbers[field]);
  }

  /** The value of a {@link EventField.Kind#BOOLEAN} field. */
  public boolean flag(int field) {
    return numbers[field] != 0;
  }

  public void setText(int field, String value) {
    texts[field] = value;
    present |= 1L << field;
  }

  public void setInteger(int field, long value) {
    numbers[field] = value;
    present |= 1L << field;
  }

  public void setDecimal(int field, double value) {
    setInteger(field, Double.doubleToRawLongBits(value));
  }

  public void setFlag(int field, boolean value) {
    setInteger(field, value ? 1 : 0);
  }

  void clear() {
    present = 0;
  }

  boolean has(int field) {
    return (present & (1L << field)) != 0;
  }

  /** Gives what was not set its default. */
  void complete() throws DecodeException {
    if (present != all) {
      for (int i = 0; i < fields.length; i++) {
        if (!has(i)) {
          setDefault(i);
        }
      }
    }
  }

  private void setDefault(int field) throws DecodeException {
    Object value = fields[field].defaultValue();
    if (value == null) {
      throw new DecodeException(
          DeadLetterReason.MALFORMED, "field " + fields[field].name() + " is missing");
    }
    switch (fields[field].kind()) {
      case TEXT -> setText(field, (String) value);
      case LONG -> setInteger(field, (Long) value);
      case DOUBLE -> setDecimal(field, (Double) value);
      case BOOLEAN -> setFlag(field, (Boolean) value);
    }
  }
}
