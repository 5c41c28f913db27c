package org.kappabeam.coders.schema;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Avro's own rules, both ways: each version reads what the other has written. */
final class AvroRules {
  private AvroRules() {}

  /** What is wrong between an older and a newer version, in words; empty if nothing. */
  static List<String> problems(String older, String newer) {
    Schema before = new Schema.Parser().parse(older);
    Schema after = new Schema.Parser().parse(newer);
    List<String> problems = new ArrayList<>();
    if (!before.getFullName().equals(after.getFullName())) {
      problems.add("the name was " + before.getFullName() + " and is " + after.getFullName());
    }
    check("new readers cannot read old messages", after, before, problems);
    check("old readers cannot read new messages", before, after, problems);
    return problems;
  }

  private static void check(String who, Schema reader, Schema writer, List<String> problems) {
    SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities()
        .forEach(
            incompatibility ->
                problems.add(
                    who
                        + ": "
                        + incompatibility.getType()
                        + " at "
                        + incompatibility.getLocation()
                        + ": "
                        + incompatibility.getMessage()));
  }
}
