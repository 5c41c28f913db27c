package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;

class KinesisUriTest {
  @Test
  void aUriNamesRegionAndStream() {
    KinesisUri uri = KinesisUri.parse("KINESIS://eu-central-1/card-events.v1");
    assertThat(uri.region(), is("eu-central-1"));
    assertThat(uri.stream(), is("card-events.v1"));
    assertThat(uri.enveloped(), is(false));
    assertThat(uri.endpoint(), nullValue());
    assertThat(uri.toString(), is("kinesis://eu-central-1/card-events.v1"));
  }

  @Test
  void parametersChooseEnvelopeAndEndpoint() {
    String text = "kinesis://us-east-1/s?envelope=kappa&endpoint=https://localhost:4567";
    KinesisUri uri = KinesisUri.parse(text);
    assertThat(uri.enveloped(), is(true));
    assertThat(uri.endpoint(), is("https://localhost:4567"));
    assertThat(uri.toString(), is(text));
    assertThat(
        KinesisUri.parse("kinesis://r/s?endpoint=http://h").toString(),
        is("kinesis://r/s?endpoint=http://h"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kinesis:region/stream",
        "kinesis://region",
        "kinesis://region/",
        "kinesis://region/stream/more",
        "kinesis://Region/stream",
        "kinesis://region/a b",
        "kinesis://region/stream?",
        "kinesis://region/stream?envelope=other",
        "kinesis://region/stream?endpoint=localhost:4567",
        "kinesis://region/stream?endpoint=ftp://localhost",
        "kinesis://region/stream?endpoint=https://localhost/path",
        "kinesis://region/stream?secret=1",
      })
  void anotherFormIsOneClearFailure(String text) {
    KappaException failure = assertThrows(KappaException.class, () -> KinesisUri.parse(text));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void aSecretIsNotRepeated() {
    KappaException failure =
        assertThrows(KappaException.class, () -> KinesisUri.parse("kinesis://user:pw1@r/s"));
    assertThat(failure.getMessage(), not(containsString("pw1")));
  }
}
