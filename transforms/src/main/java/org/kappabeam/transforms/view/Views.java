package org.kappabeam.transforms.view;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/**
 * Where views live and which build of them is meant: a store named by URI, and a generation. A
 * handle, not a connection: it travels with the pipeline.
 *
 * <p>A URI never holds a secret; stores that need one take a reference to it (an environment
 * variable or a file), resolved where the connection is opened.
 */
@AutoValue
public abstract class Views implements Serializable {

  /** The URI, without secrets. */
  public abstract String uri();

  /** Which build of the views is written and read, from 1. */
  public abstract int generation();

  /**
   * Names a store and a generation; does not connect.
   *
   * @param uri for example {@code sqlite:views.db} or {@code postgresql://host/db?user=kappa}
   * @throws KappaException if no known store is named like that
   */
  public static Views at(String uri, int generation) {
    if (generation < 1) {
      throw new KappaException("generation " + generation + " of a view", "generations start at 1");
    }
    connector(uri).check(uri);
    return new AutoValue_Views(uri, generation);
  }

  /** The same store, another build. */
  public Views withGeneration(int generation) {
    return at(uri(), generation);
  }

  /** The name of the view's own table: {@code <view>__g<generation>}. */
  public String table(ViewSchema schema) {
    return schema.name() + "__g" + generation();
  }

  /** The generations of a view, in order, that are among the names of tables. */
  public static SortedSet<Integer> generations(ViewSchema schema, Collection<String> tables) {
    Pattern name = Pattern.compile(schema.name() + "__g([0-9]{1,9})");
    SortedSet<Integer> generations = new TreeSet<>();
    for (String table : tables) {
      Matcher matcher = name.matcher(table);
      if (matcher.matches()) {
        generations.add(Integer.parseInt(matcher.group(1)));
      }
    }
    return generations;
  }

  /**
   * Connects.
   *
   * @throws KappaException if the store cannot be used
   */
  public ViewStore open() {
    return connector(uri()).open(this);
  }

  /** How a pipeline writes, if the store has a transform of its own for that. */
  Optional<PTransform<PCollection<Batch<ViewRow>>, PCollection<Batch<ViewRow>>>> sink(
      ViewSchema schema) {
    return connector(uri()).sink(this, schema);
  }

  /** A URI of each kind of store that is known, for help and messages. */
  public static List<String> examples() {
    return known().values().stream().map(ViewConnector::example).toList();
  }

  private static Map<String, ViewConnector> known() {
    Map<String, ViewConnector> known = new TreeMap<>();
    // Not the thread's class loader: on a runner's pool threads that one may not see us.
    for (ViewConnector connector :
        ServiceLoader.load(ViewConnector.class, ViewConnector.class.getClassLoader())) {
      known.put(connector.scheme(), connector);
    }
    return known;
  }

  private static ViewConnector connector(String uri) {
    int colon = uri.indexOf(':');
    ViewConnector connector = colon < 0 ? null : known().get(uri.substring(0, colon));
    if (connector == null) {
      // Only the scheme is repeated: an unknown kind of URI may hold a password anywhere.
      throw new KappaException(
          "no view store is named by '" + (colon < 0 ? uri : uri.substring(0, colon + 1)) + "'",
          "use one like " + String.join(" or ", examples()));
    }
    return connector;
  }
}
