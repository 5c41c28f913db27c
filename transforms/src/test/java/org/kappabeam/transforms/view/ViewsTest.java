package org.kappabeam.transforms.view;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;

class ViewsTest {

  private static String refused(String uri) {
    return assertThrows(KappaException.class, () -> Views.at(uri, 1)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"oracle://user:hunter2@host/db", "sqlite", "", "Sqlite:x.db"})
  void anUnknownSchemeNamesTheKnownOnes(String uri) {
    assertThat(
        refused(uri),
        allOf(
            containsString("sqlite:"),
            containsString("postgresql://"),
            not(containsString("hunter2"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://host/db?password=hunter2",
        "postgresql://host/db?user=u&sslpassword=hunter2",
        "postgresql://host/db?p%61ssword=hunter2",
        "postgresql://user:hunter2@host/db"
      })
  void aSecretInTheUriIsRefusedAndNotRepeated(String uri) {
    assertThat(refused(uri), not(containsString("hunter2")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql:host/db",
        "postgresql://",
        "postgresql://host",
        "postgresql://host/",
        "postgresql:///db",
        "postgresql://host/db?user",
        "postgresql://host/db?user=%zz",
        "sqlite:",
        "sqlite:directory/",
        "sqlite:file.db?mode=ro"
      })
  void aUriThatNamesNothingSaysHowToWriteIt(String uri) {
    assertThat(refused(uri), containsString("write "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://host/db",
        "postgresql://one:5432,two:5433/db?targetServerType=primary",
        "postgresql://[::1]:5432/db?user=u&passwordEnv=P&sslmode=verify-full&sslrootcert=ca.pem",
        "sqlite:views.db",
        "sqlite:///var/lib/views.db"
      })
  void knownFormsAreTaken(String uri) {
    assertThat(Views.at(uri, 1).uri(), is(uri));
  }

  @Test
  void generationsStartAtOne() {
    assertThrows(KappaException.class, () -> Views.at("sqlite:views.db", 0));
  }

  @Test
  void aHandleTravelsWithThePipeline() {
    Views views = Views.at("sqlite:views.db", 3);
    assertThat(SerializableUtils.clone(views), is(views));
  }
}
