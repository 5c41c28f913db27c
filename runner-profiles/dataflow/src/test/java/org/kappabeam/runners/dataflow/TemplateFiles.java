package org.kappabeam.runners.dataflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.cli.OptionCatalog;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.transforms.bigquery.BigQueryViewConnector;

/**
 * The files that are made from the program: from the annotations of its options, the defaults of
 * the profile and the schemas of the views. None is ever written by hand.
 */
final class TemplateFiles {
  private static final Pilot PILOT = new FraudPilot();
  private static final Map<String, String> DEFAULTS =
      new DataflowProfile().defaults(new RunnerProfile.Launch(false));
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Pattern WORD_START = Pattern.compile("(?<=[a-z])(?=[A-Z])");
  private static final String DESCRIPTION =
      "Reads a log and keeps the views of the pilot up to date in the store that is named: exactly"
          + " once in effect, rebuildable from the log at any time.";

  private TemplateFiles() {}

  /** What is in them, by their path from the root of the house. */
  static Map<Path, String> all() {
    Map<Path, String> files = new LinkedHashMap<>();
    Path templates = Path.of("runner-profiles/dataflow/templates");
    files.put(templates.resolve("fraud.flex.json"), json(containerSpec()));
    files.put(templates.resolve("fraud.metadata.json"), json(metadata()));
    files.put(templates.resolve("fraud.classic.metadata.json"), json(classicMetadata()));
    files.put(Path.of("terraform/modules/dataflow-flex/parameters.tf"), variables());
    files.put(Path.of("docs/options.md"), page());
    for (ViewSchema view : PILOT.tables()) {
      files.put(Path.of("terraform/schemas", view.name() + ".json"), json(columns(view)));
    }
    return files;
  }

  private static List<OptionCatalog.Declared> options() {
    return OptionCatalog.of(KappaOptions.class);
  }

  /** What a Flex template is started from: the image, and what people may say. */
  private static Map<String, Object> containerSpec() {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("image", "REGION-docker.pkg.dev/PROJECT/REPOSITORY/kappa-fraud:TAG");
    spec.put("metadata", metadata());
    spec.put("sdkInfo", Map.of("language", "JAVA"));
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put(
        "ipConfiguration",
        Boolean.parseBoolean(DEFAULTS.get("usePublicIps"))
            ? "WORKER_IP_PUBLIC"
            : "WORKER_IP_PRIVATE");
    environment.put(
        "enableStreamingEngine", Boolean.valueOf(DEFAULTS.get("enableStreamingEngine")));
    // The service's word for THROUGHPUT_BASED.
    environment.put("autoscalingAlgorithm", "AUTOSCALING_ALGORITHM_BASIC");
    environment.put("maxWorkers", Integer.valueOf(DEFAULTS.get("maxNumWorkers")));
    environment.put("machineType", DEFAULTS.get("workerMachineType"));
    environment.put("additionalUserLabels", labels());
    spec.put("defaultEnvironment", environment);
    return spec;
  }

  private static Object labels() {
    try {
      return JSON.readValue(DEFAULTS.get("labels"), Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("labels are JSON", e);
    }
  }

  private static Map<String, Object> metadata() {
    return metadata("Kappa: " + PILOT.name(), DESCRIPTION, parameters());
  }

  /** A classic template's graph is frozen: what is said at its creation holds. */
  private static Map<String, Object> classicMetadata() {
    return metadata(
        "Kappa: " + PILOT.name() + ", frozen",
        DESCRIPTION + " All options were chosen when the template was written.",
        List.of());
  }

  private static Map<String, Object> metadata(
      String name, String description, List<Map<String, Object>> parameters) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("description", description);
    metadata.put("parameters", parameters);
    metadata.put("streaming", true);
    metadata.put("supportsAtLeastOnce", false);
    metadata.put("supportsExactlyOnce", true);
    metadata.put("defaultStreamingMode", "EXACTLY_ONCE");
    return metadata;
  }

  private static List<Map<String, Object>> parameters() {
    List<Map<String, Object>> parameters = new ArrayList<>();
    for (OptionCatalog.Declared option : options()) {
      Map<String, Object> parameter = new LinkedHashMap<>();
      parameter.put("name", option.name());
      parameter.put("label", label(option.name()));
      parameter.put("helpText", option.description());
      parameter.put("isOptional", !option.required());
      if (option.defaultValue() != null) {
        parameter.put("defaultValue", option.defaultValue());
      }
      String regex = regex(option);
      if (regex != null) {
        parameter.put("regexes", List.of(regex));
      }
      parameters.add(parameter);
    }
    return parameters;
  }

  /** {@code maxRecordsPerSecond} as people write it. */
  private static String label(String name) {
    String words = WORD_START.matcher(name).replaceAll(" ").toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** What values may look like, or null if only the program can tell. */
  private static String regex(OptionCatalog.Declared option) {
    if (option.type().isEnum()) {
      return Arrays.stream(option.type().getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining("|", "^(", ")$"));
    }
    if (option.type() == int.class) {
      return "^[0-9]{1,9}$";
    }
    if (option.type() == long.class) {
      return "^[0-9]{1,18}$";
    }
    return option.required() ? "^.+$" : null;
  }

  /** Terraform's variable with one attribute for each option. */
  private static String variables() {
    StringBuilder text = new StringBuilder();
    text.append("# Made from the program's options: see docs/options.md. Not to be edited.\n\n");
    text.append("variable \"parameters\" {\n");
    text.append(
        "  description = \"The options of the pilot, by their names; docs/options.md explains"
            + " them.\"\n");
    text.append("  type = object({\n");
    for (OptionCatalog.Declared option : options()) {
      text.append("    # ").append(option.description()).append('\n');
      text.append("    ")
          .append(option.name())
          .append(" = ")
          .append(option.required() ? "string" : "optional(string)")
          .append('\n');
    }
    text.append("  })\n");
    for (OptionCatalog.Declared option : options()) {
      String regex = regex(option);
      if (regex != null) {
        text.append(validation(option, regex));
      }
    }
    text.append("}\n\n");
    text.append("locals {\n");
    text.append("  # What nobody has chosen is left to the program.\n");
    text.append(
        "  parameters = { for name, value in var.parameters : name => value if value != null }\n");
    text.append("}\n");
    return text.toString();
  }

  private static String validation(OptionCatalog.Declared option, String regex) {
    String value = "var.parameters." + option.name();
    String matches = "can(regex(\"" + regex.replace("\\", "\\\\") + "\", " + value + "))";
    return "\n  validation {\n    condition     = "
        + (option.required() ? matches : value + " == null ? true : " + matches)
        + "\n    error_message = \"parameters."
        + option.name()
        + " "
        + (option.required() ? "is needed" : "has to match " + regex.replace("\\", "\\\\"))
        + ".\"\n  }\n";
  }

  /** A table for people. */
  private static String page() {
    StringBuilder text = new StringBuilder();
    text.append("# Options of every pilot\n\n");
    text.append(
        "On the command line each is `--name=value`; in a Flex template a parameter of that name;"
            + " in Terraform an attribute of\n`parameters`. This page, the templates' metadata and"
            + " Terraform's variable are made from the annotations of `KappaOptions`.\n\n");
    text.append("| option | default | what it says |\n|---|---|---|\n");
    for (OptionCatalog.Declared option : options()) {
      text.append("| `").append(option.name()).append("` | ");
      if (option.required()) {
        text.append("required");
      } else if (option.defaultValue() != null) {
        text.append('`').append(option.defaultValue()).append('`');
      }
      text.append(" | ").append(cell(option)).append(" |\n");
    }
    text.append('\n');
    text.append(
        "`kappa run PILOT --help` shows the same, and the options of the runner. An option that"
            + " there is not is an error that names the\nnearest.\n");
    return text.toString();
  }

  private static String cell(OptionCatalog.Declared option) {
    String text = option.description().replace("|", "\\|");
    if (option.type().isEnum()) {
      text +=
          Arrays.stream(option.type().getEnumConstants())
              .map(each -> "`" + each + "`")
              .collect(Collectors.joining(", ", " One of ", "."));
    }
    return text;
  }

  private static List<Map<String, String>> columns(ViewSchema view) {
    List<Map<String, String>> columns = new ArrayList<>();
    for (TableFieldSchema field : BigQueryViewConnector.tableSchema(view).getFields()) {
      Map<String, String> column = new LinkedHashMap<>();
      column.put("name", field.getName());
      column.put("type", field.getType());
      column.put("mode", field.getMode());
      columns.add(column);
    }
    return columns;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and lists are JSON", e);
    }
  }
}
