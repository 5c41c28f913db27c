package org.kappabeam.coders.event;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.ProtoFile;
import org.kappabeam.coders.schema.ProtoMessage;

/** The messages of one {@code .proto} file of a registry, each an event of this log or refused. */
final class ProtoMessages {
  /** Deeper than messages are nested in one another. */
  private static final int MAX_PATH = 16;

  /** The path of a file's first message, which is written as a single 0. */
  private static final List<Integer> FIRST = List.of(0);

  private final ProtoFile file;
  private final List<EventType<?>> events;
  private final Match first;

  private record Match(int type, @Nullable String refusal) {}

  ProtoMessages(ProtoFile file, List<EventType<?>> events) {
    this.file = file;
    this.events = events;
    this.first = match(FIRST);
  }

  private Match match(List<Integer> path) {
    ProtoMessage message = file.message(path);
    if (message == null) {
      return new Match(-1, "the Protobuf schema has no message at " + path);
    }
    for (int i = 0; i < events.size(); i++) {
      ProtoMessage ours = events.get(i).schemas().newest().proto();
      if (ours != null && ours.fullName().equals(message.fullName())) {
        String problem = ProtoReader.problem(message, events.get(i).schemas());
        return new Match(
            i,
            problem == null
                ? null
                : "Protobuf message " + message.fullName() + " that is not compatible: " + problem);
      }
    }
    return new Match(-1, "Protobuf message " + message.fullName() + " of no event of this log");
  }

  /** Reads the path in front of a message and says which event it leads to. */
  int readType(CodedInputStream in) throws IOException, DecodeException {
    int length = in.readSInt32();
    if (length < 0 || length > MAX_PATH) {
      throw new IOException("a path of " + length + " message indexes");
    }
    Match match = first;
    if (length > 0) {
      List<Integer> path = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        path.add(in.readSInt32());
      }
      match = match(path);
    }
    if (match.refusal != null) {
      throw new DecodeException(DeadLetterReason.UNKNOWN_SCHEMA, Texts.oneLine(match.refusal));
    }
    return match.type;
  }
}
