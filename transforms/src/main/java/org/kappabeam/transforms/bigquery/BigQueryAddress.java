package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.model.TableReference;
import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.UriParameters;

/**
 * A {@code bigquery://project/dataset} URI taken apart. Parameter: {@code
 * partition=hour|day|month|year|none}, by which new tables are partitioned (default: day). The
 * credentials are Google's application default ones, the same that Beam writes with.
 */
@AutoValue
abstract class BigQueryAddress implements Serializable {
  static final String EXAMPLE = "bigquery://project/dataset";

  private static final Pattern FORM = Pattern.compile("bigquery://([^/?#@]*)/([^/?#@]*)");
  private static final Pattern PROJECT =
      Pattern.compile("(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");
  private static final Pattern DATASET = Pattern.compile("\\w{1,1024}");

  /** How long a partition of a new table is. */
  enum Partition {
    HOUR,
    DAY,
    MONTH,
    YEAR,
    NONE
  }

  abstract String project();

  abstract String dataset();

  abstract Partition partition();

  /** Takes a URI apart; does not connect. */
  static BigQueryAddress parse(String uri) {
    Map<String, String> parameters = new TreeMap<>(UriParameters.of(uri, advice()).plain());
    Matcher form = FORM.matcher(UriParameters.place(uri));
    // What does not look like one of ours is not repeated: it may hold a secret anywhere.
    if (!form.matches()) {
      throw malformed("the view's URI names no project and dataset");
    }
    if (!PROJECT.matcher(form.group(1)).matches()) {
      throw malformed("'" + form.group(1) + "' in the view's URI is no project");
    }
    if (!DATASET.matcher(form.group(2)).matches()) {
      throw malformed("'" + form.group(2) + "' in the view's URI is no dataset");
    }
    String partition = parameters.remove("partition");
    if (!parameters.isEmpty()) {
      throw malformed(
          "the view's URI has an unknown parameter " + parameters.keySet().iterator().next());
    }
    return new AutoValue_BigQueryAddress(form.group(1), form.group(2), partition(partition));
  }

  private static Partition partition(String name) {
    if (name == null) {
      return Partition.DAY;
    }
    for (Partition partition : Partition.values()) {
      if (partition.name().toLowerCase(Locale.ROOT).equals(name)) {
        return partition;
      }
    }
    throw malformed("the view's URI asks for an unknown partition");
  }

  /** A table of the dataset. */
  final TableReference table(String name) {
    return new TableReference().setProjectId(project()).setDatasetId(dataset()).setTableId(name);
  }

  private static String advice() {
    return "write " + EXAMPLE + ", with ?partition=hour, day, month, year or none";
  }

  private static KappaException malformed(String problem) {
    return new KappaException(problem, advice());
  }
}
