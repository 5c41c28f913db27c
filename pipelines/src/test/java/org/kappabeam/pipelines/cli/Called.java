package org.kappabeam.pipelines.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.kappabeam.pipelines.pilot.Pilot;

/** A command that was run in this process. */
public record Called(int code, String out, String err) {

  public static Called kappa(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new Terminal(new PrintWriter(out), new PrintWriter(err)), args);
    return new Called(code, out.toString(), err.toString());
  }

  /** The same by a program with another pilot. */
  static Called kappa(Pilot pilot, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new PrintWriter(out), new PrintWriter(err), List.of(pilot), args);
    return new Called(code, out.toString(), err.toString());
  }
}
