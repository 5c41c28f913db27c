package org.kappabeam.transforms.pubsub;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;

class PubsubUriTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pubsub://my-project/payments",
        "pubsub://example.com:my-project/payments.v1",
        "pubsub://my-project/payments?endpoint=europe-west1-pubsub.googleapis.com:443",
        "pubsub://my-project/payments?emulator=[::1]:8085"
      })
  void aGoodUriIsKeptAsItIs(String uri) {
    assertThat(PubsubUri.parse(uri).toString(), is(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pubsub:my-project/payments",
        "pubsub://my-project",
        "pubsub://my-project/",
        "pubsub://p/payments",
        "pubsub://my-project/ab",
        "pubsub://my-project/1abc",
        "pubsub://my-project/googly",
        "pubsub://my-project/a/b",
        "pubsub://my-project/payments?emulator=nowhere",
        "pubsub://my-project/payments?key=secret",
        "pubsub://my-project/payments?emulator=h:1&endpoint=h:2"
      })
  void anotherFormIsOneClearLine(String uri) {
    KappaException e = assertThrows(KappaException.class, () -> PubsubUri.parse(uri));
    assertThat(e.getMessage(), containsString("pubsub://project/subscription"));
    assertThat(e.getMessage().lines().count(), is(1L));
  }

  @Test
  void aPasswordIsNotRepeated() {
    KappaException e =
        assertThrows(
            KappaException.class, () -> PubsubUri.parse("pubsub://u:hunter2@my-project/payments"));
    assertThat(e.getMessage(), not(containsString("hunter2")));
  }

  @Test
  void propertiesAreChecked() {
    assertThat(
        assertThrows(KappaException.class, () -> PubsubSettings.of(Map.of("group.id", "x")))
            .getMessage(),
        containsString("group.id"));
    for (String seconds : new String[] {"0", "-1", "soon", "86401"}) {
      assertThrows(
          KappaException.class, () -> PubsubSettings.of(Map.of("endAfterIdleSeconds", seconds)));
    }
    assertThat(PubsubSettings.of(Map.of()).endAfterIdleSeconds(), is(15));
  }
}
