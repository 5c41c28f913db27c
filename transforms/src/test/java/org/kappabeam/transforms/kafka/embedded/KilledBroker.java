package org.kappabeam.transforms.kafka.embedded;

import java.nio.file.Path;
import java.util.Map;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/** A broker in a process of its own that ends, once it holds some records, as if it was killed. */
final class KilledBroker {
  private KilledBroker() {}

  static void run(Path dir, String topic, int records) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledBroker.class.getName(),
                dir.toString(),
                topic,
                Integer.toString(records))
            .inheritIO()
            .start();
    int exit = process.waitFor();
    if (exit != 137) {
      throw new AssertionError("the broker ended with " + exit);
    }
  }

  public static void main(String[] args) {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]));
    String uri = kafka.uri(args[1]);
    Logs.create(uri, 1, Map.of());
    LogWriter writer = Logs.writer(uri, Map.of());
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      writer.write(null, new byte[1], i);
    }
    writer.flush();
    Runtime.getRuntime().halt(137);
  }
}
