package org.kappabeam.coders.schema;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The build's gate: every version of every event's schema is compatible with every other, in each
 * language; and the gate closes on each kind of change that breaks this.
 */
class SchemaEvolutionTest {
  private static final Path SCHEMAS = Path.of("src/main/resources/schemas");

  @TempDir Path copy;

  @BeforeEach
  void copySchemas() throws IOException {
    try (Stream<Path> files = Files.walk(SCHEMAS)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(SCHEMAS.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void everyVersionIsCompatibleWithEveryOther() throws IOException {
    assertThat(
        "docs/formats.md says what may change in a new version",
        SchemaFolder.problems(SCHEMAS),
        is(empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // Avro.
        "avsc | \"default\": 0, | | new readers cannot read old messages: READER_FIELD_MISSING_DEFAULT_VALUE",
        "avsc | \"amountCents\", \"type\": \"long\" | \"amountCents\", \"type\": \"string\" | TYPE_MISMATCH",
        "avsc | \"amountCents\", \"type\": \"long\" | \"amountCents\", \"type\": \"double\" | old readers cannot read new messages: TYPE_MISMATCH",
        "avsc | \"amountCents\", \"type\": \"long\" | \"amountCents\", \"type\": \"int\" | new readers cannot read old messages: TYPE_MISMATCH",
        "avsc | \"name\": \"terminalId\" | \"name\": \"shopId\" | READER_FIELD_MISSING_DEFAULT_VALUE at /fields/3: terminalId",
        "avsc | \"name\": \"Transaction\" | \"name\": \"Payment\" | the name was org.kappabeam.fraud.Transaction",
        // Protobuf.
        "proto | optional int64 amount_cents = 5; | | field 5 (amount_cents) is gone and its number is not reserved",
        "proto | optional int64 amount_cents = 5; | reserved 5; | field 5 (amount_cents) is gone and its name is not reserved",
        "proto | int64 amount_cents | sint64 amount_cents | field 5 (amount_cents) was a int64 and is a sint64",
        "proto | optional int64 amount_cents | repeated int64 amount_cents | field 5 (amount_cents) was OPTIONAL and is REPEATED",
        "proto | optional int64 amount_cents | int64 amount_cents | field 5 (amount_cents) was OPTIONAL and is IMPLICIT",
        "proto | amount_cents = 5 | amount_cents = 7 | field 5 (amount_cents) has moved to the number 7",
        "proto | amount_cents = 5 | sum_cents = 5 | field 5 (amount_cents) has another name: sum_cents",
        "proto | message Transaction | message Payment | the name was org.kappabeam.fraud.Transaction",
        "proto | optional int64 amount_cents = 5; | oneof sum { int64 amount_cents = 5; } | field 5 (amount_cents) was in the oneof null and is in sum",
        // JSON Schema.
        "json | \"amountCents\"] | \"amountCents\", \"merchantCategory\"] | property merchantCategory is required now",
        "json | , \"amountCents\"] | ] | property amountCents is not required any more",
        "json | \"default\": 0, | | property merchantCategory comes or goes without a default",
        "json | \"amountCents\": {\"type\": \"integer\" | \"amountCents\": {\"type\": \"number\" | property amountCents: type was \"integer\" and is \"number\"",
        "json | \"amountCents\": {\"type\": \"integer\" | \"amountCents\": {\"type\": \"integer\", \"minimum\": 1 | property amountCents: minimum was absent and is 1",
        "json | \"const\": \"transaction\" | \"const\": \"payment\" | property type: const was \"transaction\"",
        "json | \"type\": \"object\" | \"type\": \"object\", \"additionalProperties\": false | additionalProperties makes old readers refuse",
      })
  void aChangeThatBreaksIsFound(String language, String from, String to, String problem)
      throws IOException {
    Path file = copy.resolve("fraud/transaction.v2." + language);
    String before = Files.readString(file);
    String after = before.replace(from, to == null ? "" : to);
    assertThat(after, is(not(before)));
    Files.writeString(file, after);
    List<String> problems = SchemaFolder.problems(copy);
    assertThat(problems, hasItem(containsString(problem)));
    assertThat(
        problems.get(0),
        startsWith("transaction.v2." + language + " is not compatible with transaction.v1."));
  }

  @Test
  void aThirdVersionIsHeldAgainstTheFirst() throws IOException {
    // Compatible with the second alone: a field that the second has, but not the first, is
    // required.
    Files.writeString(
        copy.resolve("fraud/transaction.v3.avsc"),
        Files.readString(copy.resolve("fraud/transaction.v2.avsc"))
            .replace("\"default\": 0, ", ""));
    Files.copy(
        copy.resolve("fraud/transaction.v2.json"), copy.resolve("fraud/transaction.v3.json"));
    Files.copy(
        copy.resolve("fraud/transaction.v2.proto"), copy.resolve("fraud/transaction.v3.proto"));
    List<String> problems = SchemaFolder.problems(copy);
    assertThat(
        problems,
        hasItem(startsWith("transaction.v3.avsc is not compatible with transaction.v1.avsc")));
    assertThat(
        problems,
        not(hasItem(startsWith("transaction.v3.avsc is not compatible with transaction.v2.avsc"))));
  }

  @Test
  void reservedNumbersStayReserved() {
    String before = "message M { reserved 2, 5 to 7; reserved \"old\"; }";
    assertThat(
        ProtoRules.problems(before, "message M { reserved 2; reserved \"old\"; }"),
        hasItem("numbers 5 to 7 are no longer reserved"));
    assertThat(
        ProtoRules.problems(before, "message M { reserved 5 to 7; string a = 2; }"),
        hasItem("field 2 (a) uses what was reserved"));
    assertThat(
        ProtoRules.problems(before, "message M { reserved 2, 5 to max; string old = 3; }"),
        hasItem("field 3 (old) uses what was reserved"));
    assertThat(
        ProtoRules.problems("message M {}", "message M { required string a = 1; }"),
        hasItem("field 1 (a) is new and required: old messages do not have it"));
    assertThat(
        ProtoRules.problems(
            "message M { string a = 1; }", "message M { reserved 1; reserved \"a\"; }"),
        is(empty()));
  }

  @Test
  void aMissingVersionAndAStrayFileAreFound() throws IOException {
    Files.delete(copy.resolve("fraud/transaction.v1.json"));
    Files.writeString(copy.resolve("fraud/notes.txt"), "");
    assertThat(
        SchemaFolder.problems(copy),
        is(
            List.of(
                "notes.txt is not named like transaction.v1.avsc",
                "fraud/transaction as json has versions [2]: one is missing",
                "fraud/transaction as json has not as many versions as the .avsc files")));
  }
}
