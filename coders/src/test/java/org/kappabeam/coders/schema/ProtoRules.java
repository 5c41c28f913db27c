package org.kappabeam.coders.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Protobuf's rules, both ways: a number keeps its name, type and label for ever, and a number or
 * name that is no longer used stays reserved.
 */
final class ProtoRules {
  private ProtoRules() {}

  /** What is wrong between an older and a newer version, in words; empty if nothing. */
  static List<String> problems(String older, String newer) {
    ProtoMessage before = ProtoFile.parse(older).messages().get(0);
    ProtoMessage after = ProtoFile.parse(newer).messages().get(0);
    List<String> problems = new ArrayList<>();
    if (!before.fullName().equals(after.fullName())) {
      problems.add("the name was " + before.fullName() + " and is " + after.fullName());
    }
    for (ProtoMessage.Field old : before.fields()) {
      ProtoMessage.Field now = after.field(old.number());
      if (now == null) {
        removed(old, after, problems);
      } else {
        changed(old, now, problems);
      }
    }
    for (ProtoMessage.Field now : after.fields()) {
      if (before.isReserved(now.number()) || before.reservedNames().contains(now.name())) {
        problems.add(show(now) + " uses what was reserved");
      }
      if (before.field(now.number()) == null && now.label() == ProtoMessage.Label.REQUIRED) {
        problems.add(show(now) + " is new and required: old messages do not have it");
      }
    }
    for (ProtoMessage.Range range : before.reservedNumbers()) {
      if (!after.isReserved(range.from()) || !after.isReserved(range.to())) {
        problems.add("numbers " + range.from() + " to " + range.to() + " are no longer reserved");
      }
    }
    return problems;
  }

  private static void removed(ProtoMessage.Field old, ProtoMessage after, List<String> problems) {
    ProtoMessage.Field moved = after.field(old.name());
    if (moved != null) {
      problems.add(show(old) + " has moved to the number " + moved.number());
      return;
    }
    if (!after.isReserved(old.number())) {
      problems.add(show(old) + " is gone and its number is not reserved");
    }
    if (!after.reservedNames().contains(old.name())) {
      problems.add(show(old) + " is gone and its name is not reserved");
    }
    if (old.label() == ProtoMessage.Label.REQUIRED) {
      problems.add(show(old) + " is gone: old readers require it");
    }
  }

  private static void changed(
      ProtoMessage.Field old, ProtoMessage.Field now, List<String> problems) {
    if (!old.name().equals(now.name())) {
      problems.add(show(old) + " has another name: " + now.name());
    }
    if (!old.type().equals(now.type())) {
      problems.add(show(old) + " was a " + old.type() + " and is a " + now.type());
    }
    if (old.label() != now.label()) {
      problems.add(show(old) + " was " + old.label() + " and is " + now.label());
    }
    if (!Objects.equals(old.oneof(), now.oneof())) {
      problems.add(show(old) + " was in the oneof " + old.oneof() + " and is in " + now.oneof());
    }
  }

  private static String show(ProtoMessage.Field field) {
    return "field " + field.number() + " (" + field.name() + ")";
  }
}
