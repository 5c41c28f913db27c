package org.kappabeam.pipelines.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A command that was run in this process. */
public record Called(int code, String out, String err) {

  public static Called kappa(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new Terminal(new PrintWriter(out), new PrintWriter(err)), args);
    return new Called(code, out.toString(), err.toString());
  }
}
