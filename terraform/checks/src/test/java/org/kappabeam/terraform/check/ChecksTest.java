package org.kappabeam.terraform.check;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;

import org.junit.jupiter.api.Test;

class ChecksTest {
  @Test
  void ourOwnFilesPassEveryCheck() {
    assertThat(Checks.all().run(Repository.configuration()), empty());
  }

  @Test
  void thereIsSomethingToCheck() {
    int resources =
        Repository.configuration().modules().stream()
            .mapToInt(module -> module.resources().size())
            .sum();
    assertThat(resources, greaterThan(90));
    assertThat(Repository.configuration().modules().size(), greaterThan(18));
  }
}
