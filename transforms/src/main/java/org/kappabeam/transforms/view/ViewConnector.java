package org.kappabeam.transforms.view;

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
}
