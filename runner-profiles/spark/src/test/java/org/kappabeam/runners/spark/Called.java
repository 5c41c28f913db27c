package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.pilot.Pilot;

/** A command that was run in this process. */
record Called(int code, String out, String err) {

  static Called kappa(String... args) {
    return kappa(new FraudPilot(), args);
  }

  /** The same by a program with another pilot. */
  static Called kappa(Pilot pilot, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new PrintWriter(out), new PrintWriter(err), List.of(pilot), args);
    return new Called(code, out.toString(), err.toString());
  }

  /** What a command says that has to succeed. */
  static String succeed(String... args) {
    Called called = kappa(args);
    assertThat(List.of(args) + ": " + called.err() + called.out(), called.code(), is(0));
    return called.out();
  }
}
