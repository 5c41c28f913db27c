package org.kappabeam.runners.dataflow;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.KappaOptions;

/** What of a launch is checked before anybody is asked. */
final class Launching {
  private static final Pattern PROJECT =
      Pattern.compile("(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");
  private static final Pattern REGION = Pattern.compile("[a-z]+-[a-z]+[0-9]+");
  private static final Pattern ACCOUNT =
      Pattern.compile("[^@\\s]+@[a-z0-9.-]+\\.gserviceaccount\\.com");
  private static final Pattern SUBNETWORK =
      Pattern.compile(
          "(?:https://www\\.googleapis\\.com/compute/v1/projects/[^/]+/)?regions/([^/]+)/subnetworks/[^/]+");
  private static final Pattern KEY =
      Pattern.compile("projects/[^/]+/locations/([^/]+)/keyRings/[^/]+/cryptoKeys/[^/]+");

  private Launching() {}

  /**
   * Refuses what the service would refuse late, and what Beam would choose unsafely in place of
   * what was left out.
   *
   * @throws KappaException with what is wrong
   */
  static void check(PipelineOptions options) {
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    checkReachable(options.as(KappaOptions.class));
    checkPlace(dataflow);
    checkBuckets(dataflow);
    // Who starts a template says these; what is baked into one is only a default.
    if (template(dataflow).isEmpty()) {
      require(
          "serviceAccount",
          dataflow.getServiceAccount(),
          "account@project.iam.gserviceaccount.com, without which workers would act as the Compute Engine default account");
      if (isEmpty(dataflow.getSubnetwork()) && isEmpty(dataflow.getNetwork())) {
        require(
            "subnetwork",
            null,
            "regions/REGION/subnetworks/NAME (or --network), without which workers would stand in the default network");
      }
    }
    form(
        "serviceAccount",
        dataflow.getServiceAccount(),
        ACCOUNT,
        "account@project.iam.gserviceaccount.com");
    checkRegion(
        dataflow,
        form("subnetwork", dataflow.getSubnetwork(), SUBNETWORK, "regions/REGION/subnetworks/NAME"),
        "subnetwork");
    checkRegion(
        dataflow,
        form(
            "dataflowKmsKey",
            dataflow.getDataflowKmsKey(),
            KEY,
            "projects/P/locations/REGION/keyRings/R/cryptoKeys/K"),
        "dataflowKmsKey");
    if (dataflow.isUpdate() && !dataflow.isStreaming()) {
      throw new KappaException(
          "--update is for live jobs", "leave out --readMode=SLICE or --update");
    }
  }

  /** Where the options say a template is to be written. */
  static Optional<String> template(DataflowPipelineOptions options) {
    String location = options.getTemplateLocation();
    if (isEmpty(location)) {
      return Optional.empty();
    }
    if (!location.startsWith("gs://") && !location.startsWith("/")) {
      throw new KappaException(
          "--templateLocation=" + location + " is no place for a template",
          "write gs://bucket/name or an absolute path");
    }
    return Optional.of(location);
  }

  /** Workers see no file of the machine that launches. */
  private static void checkReachable(KappaOptions options) {
    String view = options.getView();
    if (view != null && view.startsWith("sqlite:")) {
      throw new KappaException(
          "the view " + view + " is a file of this machine, which workers of Dataflow do not see",
          "keep views in bigquery://, bigtable://, postgresql:// or cassandra://");
    }
    String log = options.getLog();
    if (log != null && log.contains("archive:/")) {
      throw new KappaException(
          "the log "
              + log
              + " is a directory of this machine, which workers of Dataflow do not see",
          "read archive+gs://bucket/prefix");
    }
  }

  private static void checkPlace(DataflowPipelineOptions options) {
    require("project", options.getProject(), "PROJECT");
    form("project", options.getProject(), PROJECT, "the project's id, such as my-project");
    require("region", options.getRegion(), "REGION, such as europe-west1");
    form("region", options.getRegion(), REGION, "europe-west1 or the like");
  }

  /** Beam would make a bucket of its own, without our key and our rules. */
  private static void checkBuckets(DataflowPipelineOptions options) {
    String location = options.getTempLocation();
    require("tempLocation", location, "gs://bucket/prefix");
    if (location != null && !location.startsWith("gs://")) {
      throw new KappaException(
          "--tempLocation=" + location + " is not in Cloud Storage", "write gs://bucket/prefix");
    }
  }

  private static void checkRegion(
      DataflowPipelineOptions options, @Nullable Matcher matcher, String option) {
    if (matcher != null && !matcher.group(1).equals(options.getRegion())) {
      throw new KappaException(
          "--" + option + " is in " + matcher.group(1) + ", the job in " + options.getRegion(),
          "name one of the job's region");
    }
  }

  private static void require(String option, @Nullable String value, String form) {
    if (isEmpty(value)) {
      throw new KappaException("Dataflow needs --" + option, "write --" + option + "=" + form);
    }
  }

  private static @Nullable Matcher form(
      String option, @Nullable String value, Pattern pattern, String form) {
    if (isEmpty(value)) {
      return null;
    }
    Matcher matcher = pattern.matcher(value);
    if (!matcher.matches()) {
      throw new KappaException("--" + option + "=" + value + " has another form", "write " + form);
    }
    return matcher;
  }

  private static boolean isEmpty(@Nullable String value) {
    return value == null || value.isEmpty();
  }
}
