package org.kappabeam.coders.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.ProtoMessage;

/**
 * Reads a Protobuf message into the fields of an event's newest version, which its {@code .proto}
 * file numbers; fields with other numbers are skipped. All versions are read alike: that is
 * Protobuf's way, and the reason why a number never gets another meaning.
 */
final class ProtoReader {
  /** Above the largest number a field of ours may have. */
  private static final int MAX_NUMBER = 1_000;

  private static final Set<String> INTEGERS = Set.of("int64", "int32", "uint64", "uint32", "bool");

  /** By tag: the field's index plus one, or 0 for a tag that is not ours. */
  private final short[] fieldByTag;

  private final EventField.Kind[] kinds;

  private ProtoReader(short[] fieldByTag, EventField.Kind[] kinds) {
    this.fieldByTag = fieldByTag;
    this.kinds = kinds;
  }

  /** The reader of an event, or null if it has no {@code .proto} file. */
  static @Nullable ProtoReader of(EventSchemas event) {
    ProtoMessage proto = event.newest().proto();
    if (proto == null) {
      return null;
    }
    List<EventField> fields = event.fields();
    EventField.Kind[] kinds = new EventField.Kind[fields.size()];
    short[] fieldByTag = new short[0];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = fields.get(i).kind();
      int tag = tag(numberOf(fields.get(i), proto), kinds[i]);
      fieldByTag = Arrays.copyOf(fieldByTag, Math.max(fieldByTag.length, tag + 1));
      fieldByTag[tag] = (short) (i + 1);
    }
    return new ProtoReader(fieldByTag, kinds);
  }

  /** The number that the message gives to a field. */
  static int numberOf(EventField field, ProtoMessage proto) {
    ProtoMessage.Field declared = proto.field(field.protoName());
    if (declared == null || declared.number() > MAX_NUMBER) {
      throw new IllegalStateException(
          proto.fullName() + " has no field " + field.protoName() + " with a number up to 1000");
    }
    return declared.number();
  }

  private static int tag(int number, EventField.Kind kind) {
    return number << 3
        | switch (kind) {
          case TEXT -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
          case DOUBLE -> WireFormat.WIRETYPE_FIXED64;
          case LONG, BOOLEAN -> WireFormat.WIRETYPE_VARINT;
        };
  }

  /** Reads fields to the end of the input, or to its current limit. */
  void read(CodedInputStream in, FieldValues values) throws IOException {
    int tag;
    while ((tag = in.readTag()) != 0) {
      int field = tag > 0 && tag < fieldByTag.length ? fieldByTag[tag] - 1 : -1;
      if (field < 0) {
        skip(tag, in);
        continue;
      }
      switch (kinds[field]) {
        case TEXT -> values.setText(field, in.readStringRequireUtf8());
        case LONG -> values.setInteger(field, in.readInt64());
        case DOUBLE -> values.setDecimal(field, in.readDouble());
        case BOOLEAN -> values.setFlag(field, in.readBool());
      }
    }
  }

  private void skip(int tag, CodedInputStream in) throws IOException {
    int number = WireFormat.getTagFieldNumber(tag);
    for (int other = number << 3; other < (number << 3) + 8 && other > 0; other++) {
      if (other < fieldByTag.length && fieldByTag[other] != 0) {
        throw new IOException(
            "field " + number + " has wire type " + WireFormat.getTagWireType(tag));
      }
    }
    // Fails by itself where a group ends that did not begin.
    in.skipField(tag);
  }

  /** Why messages of another version or origin cannot be read, in one line; null if they can. */
  static @Nullable String problem(ProtoMessage written, EventSchemas event) {
    ProtoMessage ours = event.newest().proto();
    if (ours == null) {
      return "it has no .proto file here";
    }
    for (EventField field : event.fields()) {
      int number = numberOf(field, ours);
      ProtoMessage.Field other = written.field(number);
      if (other == null) {
        if (field.defaultValue() == null) {
          return "field " + number + " (" + field.protoName() + ") is missing and has no default";
        }
      } else if (other.label() == ProtoMessage.Label.REPEATED
          || !isReadable(other.type(), field.kind())) {
        return "field %d (%s) is a %s%s"
            .formatted(
                number,
                field.protoName(),
                other.label() == ProtoMessage.Label.REPEATED ? "repeated " : "",
                other.type());
      }
    }
    return null;
  }

  /** Whether a type has the same bytes on the wire. */
  private static boolean isReadable(String type, EventField.Kind kind) {
    return switch (kind) {
      case TEXT -> type.equals("string") || type.equals("bytes");
      case DOUBLE -> type.equals("double");
      case LONG, BOOLEAN -> INTEGERS.contains(type);
    };
  }

  /** The fields as a {@code .proto} file has to declare them, sorted. */
  static List<String> describe(List<EventField> fields) {
    return fields.stream()
        .map(field -> "optional " + protoType(field.kind()) + " " + field.protoName())
        .sorted()
        .toList();
  }

  private static String protoType(EventField.Kind kind) {
    return switch (kind) {
      case TEXT -> "string";
      case LONG -> "int64";
      case DOUBLE -> "double";
      case BOOLEAN -> "bool";
    };
  }

  /** The fields as a {@code .proto} file declares them, sorted. */
  static List<String> describe(ProtoMessage message) {
    List<String> fields = new ArrayList<>();
    for (ProtoMessage.Field field : message.fields()) {
      String label =
          switch (field.label()) {
            case OPTIONAL -> field.oneof() == null ? "optional " : "oneof ";
            case REQUIRED -> "required ";
            case IMPLICIT -> "";
            case REPEATED -> "repeated ";
          };
      fields.add(label + field.type() + " " + field.name());
    }
    return fields.stream().sorted().toList();
  }
}
