package org.kappabeam.coders.schema;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.kappabeam.coders.schema.ProtoMessage.Label.IMPLICIT;
import static org.kappabeam.coders.schema.ProtoMessage.Label.OPTIONAL;
import static org.kappabeam.coders.schema.ProtoMessage.Label.REPEATED;
import static org.kappabeam.coders.schema.ProtoMessage.Label.REQUIRED;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtoFileTest {
  private static final String EVERYTHING =
      """
      // A comment with { braces } and "quotes
      syntax = "proto3"; /* another ; */
      package a.b;
      import public "other/file.proto";
      option java_package = "x;y";
      option (my.option) = { a: "}" b: [1, 2] };
      enum Color { RED = 0; option allow_alias = true; }
      service S { rpc Do (M) returns (stream M) { option deprecated = true; } }
      extend google.protobuf.FieldOptions { string note = 50000; }
      ;
      message M {
        option deprecated = true;
        string id = 1 [(note) = "a]b", json_name = 'x'];
        optional sint64 when = 0x10;
        repeated .a.b.M.Inner many = 3;
        map<string, int32> index = 4;
        oneof choice { option x = 1; bool yes = 5; bytes raw = 6; }
        reserved 7, 9 to 11, 1000 to max;
        reserved "old", 'older';
        message Inner { message message = 1; message Deep { double d = 1; } }
        enum Kind { A = 0; }
        message other = 12;
        ;
      }
      message Second { uint32 n = 2; }
      """;

  @Test
  void readsWhateverTheLanguageAllows() {
    ProtoFile file = ProtoFile.parse(EVERYTHING);
    ProtoMessage m = file.messages().get(0);
    assertThat(m.fullName(), is("a.b.M"));
    assertThat(
        m.fields(),
        is(
            List.of(
                new ProtoMessage.Field("id", 1, "string", IMPLICIT, null),
                new ProtoMessage.Field("when", 16, "sint64", OPTIONAL, null),
                new ProtoMessage.Field("many", 3, ".a.b.M.Inner", REPEATED, null),
                new ProtoMessage.Field("index", 4, "map", REPEATED, null),
                new ProtoMessage.Field("yes", 5, "bool", OPTIONAL, "choice"),
                new ProtoMessage.Field("raw", 6, "bytes", OPTIONAL, "choice"),
                new ProtoMessage.Field("other", 12, "message", IMPLICIT, null))));
    assertThat(
        List.of(
            m.isReserved(6),
            m.isReserved(7),
            m.isReserved(8),
            m.isReserved(10),
            m.isReserved(2000)),
        is(List.of(false, true, false, true, true)));
    assertThat(m.reservedNames(), is(List.of("old", "older")));
    assertThat(file.message(List.of(1)).fullName(), is("a.b.Second"));
    assertThat(file.message(List.of(0, 0, 0)).fullName(), is("a.b.M.Inner.Deep"));
    assertThat(file.message(List.of(2)), is(nullValue()));
    assertThat(file.message(List.of(0, 1)), is(nullValue()));
    assertThat(file.message(List.of(-1)), is(nullValue()));
  }

  @Test
  void labelsFollowTheSyntax() {
    assertThat(
        ProtoFile.parse("syntax='proto2'; message M { required string a = 1; }")
            .messages()
            .get(0)
            .field("a")
            .label(),
        is(REQUIRED));
    assertThat(
        ProtoFile.parse("edition = \"2023\"; message M { reserved foo; string a = 1; }")
            .messages()
            .get(0)
            .field(1)
            .label(),
        is(OPTIONAL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "hello|line 1: 'hello' is not expected",
        "message M {|ends in the middle",
        "message M { string a = 0; }|line 1: '0' is not expected",
        "message M { string a = 536870912; }|'536870912' is not expected",
        "message M { string a = b; }|'b' is not expected",
        "message M { string a = 1; string b = 1; }|fields a and b share a name or the number 1",
        "message M { string a = 1; string a = 2; }|share a name",
        "message M { string a 1; }|'=' expected, not '1'",
        "message M { optional group G = 1 { } }|'group' is not expected",
        "message M { reserved 1 }|'}' is not expected",
        "message 7 {}|'7' is not expected",
        "syntax = \"proto3;|a string does not end",
        "/* |a comment does not end",
      })
  void whatIsNoProtoFileSaysWhere(String text, String problem) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ProtoFile.parse(text));
    assertThat(e.getMessage(), containsString(problem));
  }

  @Test
  void sizeAndDepthAreBounded() {
    assertThrows(
        IllegalArgumentException.class, () -> ProtoFile.parse("message M {".repeat(100_000)));
    assertThrows(IllegalArgumentException.class, () -> ProtoFile.parse(" ".repeat(2_000_000)));
    assertThrows(
        IllegalArgumentException.class, () -> ProtoFile.parse("option a = " + "{".repeat(900_000)));
  }

  @Property(tries = 1000)
  void noTextDoesHarm(@ForAll String text) {
    try {
      ProtoFile.parse("message M { " + text);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage().isEmpty(), is(false));
    }
  }
}
