package org.kappabeam.transforms.bigtable;

import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Views in Bigtable; see {@link BigtableAddress} for the URI. */
public final class BigtableViewConnector implements ViewConnector {
  @Override
  public String scheme() {
    return "bigtable";
  }

  @Override
  public String example() {
    return BigtableAddress.EXAMPLE;
  }

  @Override
  public void check(String uri) {
    BigtableAddress.parse(uri);
  }

  @Override
  public ViewStore open(Views views) {
    return new BigtableViewStore(views, BigtableClients.open(BigtableAddress.parse(views.uri())));
  }
}
