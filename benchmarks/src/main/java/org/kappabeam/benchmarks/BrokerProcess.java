package org.kappabeam.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;

/** A broker in a process of its own, so that its work is not counted as the job's. */
final class BrokerProcess {
  private BrokerProcess() {}

  /** Arguments: data directory; the file to write the address into. */
  public static void main(String[] args) throws IOException {
    Path address = Path.of(args[1]);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]))) {
      Path draft = address.resolveSibling(address.getFileName() + ".draft");
      Files.writeString(draft, kafka.bootstrapServers());
      Files.move(draft, address, StandardCopyOption.ATOMIC_MOVE);
      Jvm.awaitParentsEnd();
    }
  }
}
