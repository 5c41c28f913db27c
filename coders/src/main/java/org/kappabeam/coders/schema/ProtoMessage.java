package org.kappabeam.coders.schema;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A message type as a {@code .proto} file declares it. */
@AutoValue
public abstract class ProtoMessage {

  /** How often a field occurs. */
  public enum Label {
    /** At most once; whether it was written shows. */
    OPTIONAL,
    /** Exactly once (proto2). */
    REQUIRED,
    /** Once; the zero of its type may be left out (proto3 without a label). */
    IMPLICIT,
    /** Any number of times; maps, too. */
    REPEATED
  }

  /**
   * A field.
   *
   * @param type the scalar type, the name of a message or enum, or {@code map}
   * @param oneof the name of the oneof it belongs to, if any
   */
  public record Field(String name, int number, String type, Label label, @Nullable String oneof) {}

  /** Numbers that must not be used, both ends included. */
  public record Range(int from, int to) {}

  /** With the package: {@code org.kappabeam.fraud.Transaction}. */
  public abstract String fullName();

  public abstract List<Field> fields();

  public abstract List<Range> reservedNumbers();

  public abstract List<String> reservedNames();

  /** The messages declared inside, in order. */
  public abstract List<ProtoMessage> nested();

  static ProtoMessage of(
      String fullName,
      List<Field> fields,
      List<Range> reservedNumbers,
      List<String> reservedNames,
      List<ProtoMessage> nested) {
    return new AutoValue_ProtoMessage(
        fullName,
        List.copyOf(fields),
        List.copyOf(reservedNumbers),
        List.copyOf(reservedNames),
        List.copyOf(nested));
  }

  /** The field with this number, or null. */
  public final @Nullable Field field(int number) {
    for (Field field : fields()) {
      if (field.number() == number) {
        return field;
      }
    }
    return null;
  }

  /** The field with this name, or null. */
  public final @Nullable Field field(String name) {
    for (Field field : fields()) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    return null;
  }

  public final boolean isReserved(int number) {
    return reservedNumbers().stream().anyMatch(r -> r.from() <= number && number <= r.to());
  }
}
