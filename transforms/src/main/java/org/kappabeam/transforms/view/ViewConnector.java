package org.kappabeam.transforms.view;

import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/**
 * One kind of view store. Implementations are found by {@link java.util.ServiceLoader}: public,
 * with a public constructor without arguments, and one line in {@code
 * META-INF/services/org.kappabeam.transforms.view.ViewConnector}.
 */
public interface ViewConnector {

  /** What stands before the first colon of this store's URIs. */
  String scheme();

  /** A URI as a user would write it, for help and messages. */
  String example();

  /**
   * Checks a URI without connecting.
   *
   * @throws org.kappabeam.coders.KappaException if it cannot name a store of this kind, or holds a
   *     secret
   */
  void check(String uri);

  /**
   * Connects to the store.
   *
   * @throws org.kappabeam.coders.KappaException if the store cannot be used; its cause is a {@link
   *     ViewUnavailableException} if trying again later may help
   */
  ViewStore open(Views views);

  /**
   * How a pipeline writes to a store that has a transform of its own for that; to others it writes
   * by {@link ViewStore#upsert}.
   *
   * <p>The transform creates the view, counts {@code rows_written} and {@code rows_refused} in the
   * namespace of the view's name, and gives back the rows that the store refuses for good, as rows
   * of the view {@code dead_letters}.
   */
  default Optional<PTransform<PCollection<Batch<ViewRow>>, PCollection<Batch<ViewRow>>>> sink(
      Views views, ViewSchema schema) {
    return Optional.empty();
  }
}
