package org.kappabeam.transforms.bigtable;

import com.google.cloud.bigtable.emulator.v2.Emulator;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** Google's Bigtable emulator, behind a door: it keeps its tables in memory, so it must live on. */
public final class BigtableEmulator implements AutoCloseable {
  private final Emulator emulator;
  private final Door door;
  private final AtomicInteger instances = new AtomicInteger();

  private BigtableEmulator(Emulator emulator, Door door) {
    this.emulator = emulator;
    this.door = door;
  }

  /** Starts one; a machine that cannot skips the test, except a build server, which must. */
  public static BigtableEmulator start() {
    Emulator emulator = null;
    try {
      emulator = Emulator.createBundled();
      emulator.start();
      Emulator started = emulator;
      Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
      return new BigtableEmulator(started, new Door(started.getPort()));
    } catch (IOException | TimeoutException | RuntimeException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("no Bigtable emulator starts here", e);
      }
      Assumptions.abort("no Bigtable emulator starts here: " + e.getMessage());
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The URI of an instance with nothing in it; the emulator makes instances by their names. */
  public String newInstance() {
    return "bigtable://test-project/instance-"
        + instances.incrementAndGet()
        + "?emulator=localhost:"
        + door.port();
  }

  /** Nobody reaches it any more; who is connected is cut off. */
  void shut() throws IOException {
    door.shut();
  }

  void open() throws IOException {
    door.open();
  }

  @Override
  public void close() throws IOException {
    door.shut();
    emulator.stop();
  }
}
