package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;

class FailuresTest {
  private final KappaException cause = new KappaException("no broker", "start it");

  @Test
  void whatWeKnowIsFoundUnderWhateverWrapsIt() {
    assertThat(
        Failures.line(new IllegalStateException("job failed", new RuntimeException(cause))),
        is("no broker: start it"));
  }

  @Test
  void whatARunnerCarriedAsTextIsFound() {
    assertThat(
        Failures.line(new RuntimeException("Task failed: " + cause)), is("no broker: start it"));
  }

  @Test
  void theUnexpectedIsOneLineThatSaysHowToSeeMore() {
    assertThat(
        Failures.line(new IllegalStateException("first\nsecond")),
        allOf(
            containsString("IllegalStateException (first second)"),
            containsString("--stacktrace")));
  }
}
