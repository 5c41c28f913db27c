package org.kappabeam.runners.dataflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kappabeam.pipelines.cli.Kappa;

/**
 * What the launcher of a Flex template starts: {@code run} of the pilot that the image is for, with
 * the options that the launcher passes as {@code --name=value}. One of them says where to write the
 * job, so it ends when that is written.
 */
public final class FlexMain {
  /** The variable of the image that names the pilot. */
  static final String PILOT = "KAPPA_PILOT";

  private static final String DEFAULT_PILOT = "fraud";

  private FlexMain() {}

  public static void main(String[] args) {
    Kappa.main(command(System.getenv(), args));
  }

  /** The command line that the launch stands for. */
  static String[] command(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>();
    command.add("run");
    command.add(environment.getOrDefault(PILOT, DEFAULT_PILOT));
    command.addAll(List.of(args));
    return command.toArray(String[]::new);
  }
}
