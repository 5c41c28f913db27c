package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.DriverException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ViewUnavailableException;

/** Waiting for the driver's answers. */
final class Await {
  private Await() {}

  /** The answer, or its failure as the driver threw it. */
  static <T> T of(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DriverException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  static KappaException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new KappaException(
        "interrupted while waiting for Cassandra",
        "nothing is wrong, if the job is being stopped",
        new ViewUnavailableException(e));
  }
}
