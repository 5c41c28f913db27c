/**
 * Views behind one interface: how one is named by URI, written by evidence, read in key order, and
 * compared by digest. A new store is one package with a {@link
 * org.kappabeam.transforms.view.ViewConnector} and its line in {@code META-INF/services}.
 */
package org.kappabeam.transforms.view;
