package org.kappabeam.coders.schema;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.RegisteredSchema.Language;

class SchemaPinsTest {
  private static final RegisteredSchema OLD =
      RegisteredSchema.of(Language.AVRO, "\"string\"", List.of("\"long\""));
  private static final RegisteredSchema NEW =
      RegisteredSchema.of(Language.PROTOBUF, "message M {}", List.of());
  private static final SchemaPins PINS =
      SchemaPins.of(
          List.of(
              new SchemaPins.Pin("b/~x", 2, 7, NEW),
              new SchemaPins.Pin("b/~x", 1, 3, OLD),
              new SchemaPins.Pin("a", 1, 3, OLD)));

  @Test
  void comesBackFromItsText() {
    assertThat(SchemaPins.parse(PINS.toJson()), is(PINS));
    assertThat(SerializableUtils.clone(PINS), is(PINS));
    assertThat(
        PINS.toJson(),
        is(
            "{\"a\":[{\"version\":1,\"id\":3,\"language\":\"AVRO\",\"schema\":\"\\\"string\\\"\","
                + "\"references\":[\"\\\"long\\\"\"]}],"
                + "\"b/~x\":[{\"version\":1,\"id\":3,\"language\":\"AVRO\",\"schema\":\"\\\"string\\\"\","
                + "\"references\":[\"\\\"long\\\"\"]},"
                + "{\"version\":2,\"id\":7,\"language\":\"PROTOBUF\",\"schema\":\"message M {}\"}]}"));
  }

  @Test
  void knowsItsIdsAndNoOther() {
    SchemaSource source = PINS.open();
    assertThat(source.find(3), is(OLD));
    assertThat(source.find(7), is(NEW));
    assertThat(source.find(8), is(nullValue()));
  }

  @Test
  void whatIsNotPinnedMayBeAskedFor() {
    SchemaSource source =
        SerializableUtils.clone(PINS.orElse(() -> id -> id == 3 ? NEW : OLD)).open();
    assertThat(source.find(3), is(OLD));
    assertThat(source.find(8), is(OLD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"a\":[{}]}", "{\"a\":[{\"version\":1,\"id\":2}]}"})
  void otherTextIsOneClearError(String text) {
    KappaException e = assertThrows(KappaException.class, () -> SchemaPins.parse(text));
    assertThat(e.getMessage(), containsString("the pinned schemas cannot be read"));
    assertThat(e.getMessage().lines().count(), is(1L));
  }
}
