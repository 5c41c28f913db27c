package org.kappabeam.terraform.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;
import org.kappabeam.terraform.hcl.Expression.Call;
import org.kappabeam.terraform.hcl.Expression.ListOf;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;

/**
 * The names that Terraform and the program must agree on. The program's are read from its sources
 * as text, so that this module needs nothing of it; what cannot be found there is a finding, too.
 */
final class NamesCheck implements Check {
  private static final String PIPELINES = "pipelines/src/main/java/org/kappabeam/pipelines/";
  private static final String TRANSFORMS = "transforms/src/main/java/org/kappabeam/transforms/";
  private static final String OPTIONS = PIPELINES + "pilot/KappaOptions.java";
  private static final String TEMPLATES = "runner-profiles/dataflow/templates/";
  private static final String FLEX = "terraform/modules/dataflow-flex";
  private static final String CONTRACT = "terraform/modules/contract";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern GETTER =
      Pattern.compile("@Description\\(.*?\\s(?:get|is)([A-Z]\\w*)\\(\\);", Pattern.DOTALL);
  private static final Pattern REQUIRED =
      Pattern.compile(
          "@Validation\\.Required\\s+@Description\\(.*?\\sget([A-Z]\\w*)\\(\\);", Pattern.DOTALL);
  private static final Pattern VIEW =
      Pattern.compile(
          "ViewSchema\\.named\\(\"(\\w+)\", \"(\\w+)\"\\)((?:\\s*\\.column\\(\"\\w+\","
              + " ColumnType\\.\\w+\\))+)");
  private static final Pattern COLUMN =
      Pattern.compile("\\.column\\(\"(\\w+)\", ColumnType\\.(\\w+)\\)");

  @Override
  public void run(Configuration configuration, Findings findings) {
    options(configuration, findings);
    views(configuration, findings);
    pubsub(configuration, findings);
    bigtable(configuration, findings);
    bigquery(configuration, findings);
    counters(configuration, findings);
    dashboards(configuration, findings);
  }

  private static void options(Configuration configuration, Findings findings) {
    Set<String> options = names(GETTER, configuration.text(OPTIONS));
    Set<String> required = names(REQUIRED, configuration.text(OPTIONS));
    findings.require(
        required.contains("log") && options.size() > 10, OPTIONS, "its options cannot be found");
    Map<String, Boolean> parameters = new TreeMap<>();
    configuration
        .module(FLEX)
        .flatMap(module -> module.declared("variable", "parameters"))
        .flatMap(variable -> variable.block().body().value("type"))
        .filter(type -> type instanceof Call call && call.arguments().get(0) instanceof ObjectOf)
        .map(type -> (ObjectOf) ((Call) type).arguments().get(0))
        .ifPresent(
            object ->
                object
                    .entries()
                    .forEach(
                        entry ->
                            parameters.put(
                                entry.key().text().orElse("?"),
                                !(entry.value() instanceof Call call)
                                    || !call.name().equals("optional"))));
    same(FLEX + "/parameters.tf", "parameters", options, parameters.keySet(), findings);
    parameters.forEach(
        (name, needed) ->
            findings.require(
                needed == required.contains(name),
                FLEX + "/parameters.tf",
                name + (needed ? " is not required by the program" : " is required")));
    flex(configuration, options, required, findings);
    String classic = TEMPLATES + "fraud.metadata.json";
    if (configuration.has(classic)) {
      TreeSet<String> known = new TreeSet<>();
      json(configuration, classic, findings)
          .ifPresent(
              metadata ->
                  metadata.path("parameters").forEach(p -> known.add(p.path("name").asText())));
      findings.require(
          options.containsAll(known), classic, "has parameters that are no options: " + known);
    }
  }

  private static void flex(
      Configuration configuration, Set<String> options, Set<String> required, Findings findings) {
    String file = TEMPLATES + "fraud.flex.json";
    if (!configuration.has(file)) {
      findings.add(file, "is missing: module dataflow-flex uploads it");
      return;
    }
    json(configuration, file, findings)
        .ifPresent(
            spec -> {
              findings.require(spec.has("image"), file, "has no place for the image");
              findings.require(
                  spec.path("sdkInfo").path("language").asText().equals("JAVA"),
                  file,
                  "does not say that the language is JAVA");
              TreeSet<String> known = new TreeSet<>();
              for (JsonNode parameter : spec.path("metadata").path("parameters")) {
                String name = parameter.path("name").asText();
                known.add(name);
                findings.require(
                    parameter.path("isOptional").asBoolean() != required.contains(name),
                    file,
                    name + " is optional in one place and required in the other");
              }
              same(file, "parameters", options, known, findings);
            });
  }

  private static void views(Configuration configuration, Findings findings) {
    String sources =
        configuration.text(PIPELINES + "fraud/FraudViews.java")
            + configuration.text(TRANSFORMS + "deadletter/DeadLetterView.java");
    Map<String, String> contract = new TreeMap<>();
    configuration
        .module(CONTRACT)
        .flatMap(module -> module.local("views"))
        .filter(ObjectOf.class::isInstance)
        .ifPresent(
            object ->
                ((ObjectOf) object)
                    .entries()
                    .forEach(
                        entry ->
                            contract.put(
                                entry.key().text().orElse("?"), keyAndTime(entry.value()))));
    Map<String, String> program = new TreeMap<>();
    VIEW.matcher(sources)
        .results()
        .forEach(
            view -> {
              Map<String, String> columns = columns(view);
              String time =
                  columns.entrySet().stream()
                      .filter(column -> column.getValue().startsWith("TIMESTAMP"))
                      .map(Map.Entry::getKey)
                      .findFirst()
                      .orElse("");
              program.put(view.group(1), view.group(2) + "/" + time);
              schema(configuration, view.group(1), columns, findings);
            });
    findings.require(program.size() == 3, PIPELINES, "the three views cannot be found");
    findings.require(
        contract.equals(program),
        CONTRACT + "/main.tf",
        "local.views is " + contract + ", the program's views are " + program);
  }

  private static String keyAndTime(Expression value) {
    return value instanceof ObjectOf view
        ? view.get("key").flatMap(Expression::text).orElse("")
            + "/"
            + view.get("time").flatMap(Expression::text).orElse("")
        : "";
  }

  /** As the BigQuery connector makes a table: TableColumns. */
  private static Map<String, String> columns(MatchResult view) {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put(view.group(2), "STRING REQUIRED");
    COLUMN
        .matcher(view.group(3))
        .results()
        .forEach(column -> columns.put(column.group(1), bigquery(column.group(2)) + " NULLABLE"));
    columns.put("evidence", "INT64 REQUIRED");
    columns.put("withdrawn", "BOOL REQUIRED");
    columns.put("fingerprint", "INT64 REQUIRED");
    return columns;
  }

  private static String bigquery(String type) {
    return switch (type) {
      case "LONG" -> "INT64";
      case "DOUBLE" -> "FLOAT64";
      case "BOOLEAN" -> "BOOL";
      case "TIMESTAMP", "BYTES" -> type;
      default -> "STRING";
    };
  }

  /** BigQuery's older names of the same types. */
  private static String modern(String type) {
    return switch (type) {
      case "INTEGER" -> "INT64";
      case "FLOAT" -> "FLOAT64";
      case "BOOLEAN" -> "BOOL";
      default -> type;
    };
  }

  private static void schema(
      Configuration configuration, String view, Map<String, String> expected, Findings findings) {
    String file = "terraform/schemas/" + view + ".json";
    if (!configuration.has(file)) {
      findings.add(file, "is missing");
      return;
    }
    json(configuration, file, findings)
        .ifPresent(
            fields -> {
              Map<String, String> found = new LinkedHashMap<>();
              for (JsonNode field : fields) {
                found.put(
                    field.path("name").asText(),
                    modern(field.path("type").asText())
                        + " "
                        + field.path("mode").asText("NULLABLE"));
              }
              findings.require(
                  new ArrayList<>(found.entrySet()).equals(new ArrayList<>(expected.entrySet())),
                  file,
                  "has columns " + found + ", the job's table has " + expected);
            });
  }

  private static void pubsub(Configuration configuration, Findings findings) {
    String lease =
        constant(configuration, TRANSFORMS + "pubsub/PubsubSession.java", "LEASE_SECONDS");
    String days =
        capture(
            configuration, TRANSFORMS + "pubsub/PubsubTopics.java", "RETENTION = days\\((\\d+)\\)");
    resource(configuration, "terraform/modules/pubsub", "google_pubsub_subscription", "live")
        .ifPresent(
            live ->
                findings.require(
                    live.is("ack_deadline_seconds", number(lease)),
                    live.where(),
                    "ack_deadline_seconds must be the reader's lease, " + lease));
    Optional<Expression> retention =
        configuration
            .module(CONTRACT)
            .flatMap(module -> module.declared("variable", "log_retention_days"))
            .flatMap(variable -> variable.block().body().value("default"));
    findings.require(
        retention.filter(value -> value.is(number(days))).isPresent(),
        CONTRACT + "/variables.tf",
        "log_retention_days must be as long as the program's own topics keep messages, " + days);
    List<String> same = new ArrayList<>();
    configuration
        .module(CONTRACT)
        .flatMap(module -> module.local("names"))
        .filter(ObjectOf.class::isInstance)
        .ifPresent(
            names -> {
              for (String name : List.of("topic", "subscription")) {
                ((ObjectOf) names).get(name).ifPresent(value -> same.add(value.toString()));
              }
            });
    findings.require(
        same.size() == 2 && same.get(0).equals(same.get(1)),
        CONTRACT + "/main.tf",
        "topic and subscription are called alike in the program");
  }

  private static void bigtable(Configuration configuration, Findings findings) {
    String folder = "terraform/modules/bigtable";
    String salts =
        constant(configuration, TRANSFORMS + "bigtable/SaltedKeys.java", "DEFAULT_SALTS");
    Optional<Module> module = configuration.module(folder);
    List<Expression> splits =
        module.flatMap(found -> found.local("salts")).orElse(new ListOf(List.of()))
                instanceof ListOf list
            ? list.items()
            : List.of();
    boolean right = splits.size() + 1 == number(salts).intValue();
    for (int i = 0; right && i < splits.size(); i++) {
      right = splits.get(i).is(Character.toString(i + 1));
    }
    findings.require(
        right,
        folder,
        "local.salts must be the bytes from 1 to one less than the " + salts + " salts");
    String cells = TRANSFORMS + "bigtable/RowCells.java";
    TreeSet<String> families = new TreeSet<>();
    for (String family : List.of("VALUES", "META")) {
      families.add(capture(configuration, cells, "String " + family + " = \"(\\w+)\""));
    }
    TreeSet<String> declared = new TreeSet<>();
    resource(configuration, folder, "google_bigtable_table", "generation")
        .ifPresent(
            table ->
                table
                    .body()
                    .blocks("column_family")
                    .forEach(
                        block ->
                            block
                                .body()
                                .value("family")
                                .flatMap(Expression::text)
                                .ifPresent(declared::add)));
    same(folder, "column families", families, declared, findings);
    TreeSet<String> control = new TreeSet<>();
    control.add(
        capture(
            configuration,
            TRANSFORMS + "bigtable/BigtableControlTable.java",
            "TABLE = \"(\\w+)\""));
    control.add(
        capture(
            configuration,
            TRANSFORMS + "bigtable/BigtableViewStore.java",
            "POINTERS = TableId.of\\(\"(\\w+)\"\\)"));
    TreeSet<String> tables = new TreeSet<>();
    module
        .flatMap(found -> found.local("control"))
        .ifPresent(value -> value.walk(part -> part.text().ifPresent(tables::add)));
    same(folder, "control tables", control, tables, findings);
  }

  private static void bigquery(Configuration configuration, Findings findings) {
    String store = TRANSFORMS + "bigquery/BigQueryViewStore.java";
    String folder = "terraform/modules/bigquery";
    TreeSet<String> labels = new TreeSet<>();
    labels.add(capture(configuration, store, "VIEW_LABEL = \"(\\w+)\""));
    labels.add(capture(configuration, store, "GENERATION_LABEL = \"(\\w+)\""));
    TreeSet<String> declared = new TreeSet<>();
    resource(configuration, folder, "google_bigquery_table", "generation")
        .flatMap(table -> table.body().value("labels"))
        .ifPresent(
            value ->
                value.walk(
                    part -> {
                      if (part instanceof ObjectOf object) {
                        object.entries().forEach(e -> e.key().text().ifPresent(declared::add));
                      }
                    }));
    same(folder, "labels", labels, declared, findings);
  }

  /** What alerts and dashboard count is what the program counts. */
  private static void counters(Configuration configuration, Findings findings) {
    TreeSet<String> counted = new TreeSet<>();
    for (String source :
        List.of("observe/Conservation.java", "view/WriteView.java", "bigquery/UpsertSink.java")) {
      String text = configuration.text(TRANSFORMS + source);
      Map<String, String> constants = new HashMap<>();
      Pattern.compile("String (\\w+) = \"(\\w+)\";")
          .matcher(text)
          .results()
          .forEach(result -> constants.put(result.group(1), result.group(2)));
      Pattern.compile("Metrics\\.counter\\([^,]+, (?:\"(\\w+)\"|(\\w+))\\)")
          .matcher(text)
          .results()
          .map(result -> result.group(1) == null ? constants.get(result.group(2)) : result.group(1))
          .filter(Objects::nonNull)
          .forEach(counted::add);
    }
    Pattern name = Pattern.compile("metric_name\\s*=\\s*\\\\*\"(\\w+)\\\\*\"");
    List<String> places = new ArrayList<>(configuration.paths("terraform/dashboards"));
    places.add("terraform/modules/observability/main.tf");
    for (String place : places) {
      name.matcher(configuration.text(place))
          .results()
          .forEach(
              result ->
                  findings.require(
                      counted.contains(result.group(1)),
                      place,
                      "the program has no counter " + result.group(1)));
    }
  }

  private static void dashboards(Configuration configuration, Findings findings) {
    for (String file : configuration.paths("terraform/dashboards")) {
      json(configuration, file, findings)
          .ifPresent(
              dashboard ->
                  findings.require(
                      dashboard.path("mosaicLayout").path("tiles").size() > 0,
                      file,
                      "is a dashboard without tiles"));
    }
  }

  private static Optional<JsonNode> json(
      Configuration configuration, String file, Findings findings) {
    try {
      return Optional.of(JSON.readTree(configuration.text(file)));
    } catch (JsonProcessingException e) {
      findings.add(file, "is no JSON: " + e.getOriginalMessage());
      return Optional.empty();
    }
  }

  private static Set<String> names(Pattern pattern, String source) {
    Set<String> names = new TreeSet<>();
    pattern
        .matcher(source)
        .results()
        .map(result -> result.group(1))
        .forEach(
            name -> names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)));
    return names;
  }

  private static String constant(Configuration configuration, String file, String name) {
    return capture(configuration, file, "int " + name + " = (\\d+)");
  }

  private static String capture(Configuration configuration, String file, String pattern) {
    return Pattern.compile(pattern)
        .matcher(configuration.text(file))
        .results()
        .map(result -> result.group(1))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " has no " + pattern));
  }

  private static Double number(String text) {
    return Double.valueOf(text);
  }

  private static Optional<Module.Resource> resource(
      Configuration configuration, String folder, String type, String name) {
    return configuration.module(folder).stream()
        .flatMap(module -> module.resources().stream())
        .filter(found -> found.type().equals(type) && found.block().label(1).equals(name))
        .findFirst();
  }

  private static void same(
      String where, String what, Set<String> program, Set<String> terraform, Findings findings) {
    TreeSet<String> missing = new TreeSet<>(program);
    missing.removeAll(terraform);
    TreeSet<String> unknown = new TreeSet<>(terraform);
    unknown.removeAll(program);
    findings.require(
        missing.isEmpty() && unknown.isEmpty(),
        where,
        what + " differ from the program's: missing " + missing + ", unknown " + unknown);
  }
}
