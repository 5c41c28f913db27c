package org.kappabeam.transforms.bigtable;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.Views;

class BigtableAddressTest {
  @Test
  void aUriIsTakenApart() {
    BigtableAddress address =
        BigtableAddress.parse(
            "bigtable://my-project/my-instance?appProfile=batch&credentialsFile=/etc/key.json"
                + "&emulator=localhost:8086");
    assertThat(address.project(), is("my-project"));
    assertThat(address.instance(), is("my-instance"));
    assertThat(address.appProfile(), is("batch"));
    assertThat(address.credentialsFile(), is("/etc/key.json"));
    assertThat(address.emulatorHost(), is("localhost"));
    assertThat(address.emulatorPort(), is(8086));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bigtable:my-project/my-instance",
        "bigtable://my-project",
        "bigtable://my-project/",
        "bigtable://p/my-instance",
        "bigtable://my-project/i",
        "bigtable://my-project/my-instance/table",
        "bigtable://my-project/my-instance?emulator=localhost",
        "bigtable://my-project/my-instance?emulator=localhost:99999",
        "bigtable://my-project/my-instance?appProfile",
        "bigtable://my-project/my-instance?appProfile=",
        "bigtable://my-project/my-instance?instance=x",
        "bigtable://user:hunter2@my-project/my-instance"
      })
  void anotherFormIsOneClearLine(String uri) {
    KappaException e = assertThrows(KappaException.class, () -> Views.at(uri, 1));
    assertThat(e.getMessage(), containsString("write bigtable://project/instance"));
    assertThat(e.getMessage(), not(containsString("hunter2")));
    assertThat(e.getMessage().lines().count(), is(1L));
  }
}
