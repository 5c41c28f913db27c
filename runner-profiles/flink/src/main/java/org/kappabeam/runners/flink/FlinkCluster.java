package org.kappabeam.runners.flink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.RestClient;
import org.apache.flink.runtime.rest.messages.DashboardConfigurationHeaders;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.MessageHeaders;
import org.apache.flink.runtime.rest.messages.MessageParameters;
import org.apache.flink.runtime.rest.messages.ResponseBody;
import org.apache.flink.runtime.rest.messages.job.JobDetailsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.JobVertexMetricsHeaders;
import org.apache.flink.runtime.rest.messages.job.metrics.JobVertexMetricsMessageParameters;
import org.apache.flink.runtime.rest.messages.job.metrics.Metric;
import org.apache.flink.runtime.rest.messages.job.metrics.MetricsFilterParameter;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.util.ConfigurationException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.observe.JoinedMetricNames;

/**
 * A Flink cluster, by its REST interface. What a {@code --flinkConfDir} says about it (TLS above
 * all) is followed.
 */
final class FlinkCluster implements AutoCloseable {
  private static final long ANSWER_SECONDS = 10;

  /** Names of metrics in one request: Flink takes addresses of up to 4 KiB. */
  private static final int NAMES_PER_REQUEST = 20;

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1");

  private static final Pattern MASTER = Pattern.compile("(?:https?://)?([^:/]+):([0-9]{1,5})/?");

  private static final Pattern RELEASE_LINE = Pattern.compile("([0-9]+\\.[0-9]+)\\..*");

  /** How Beam shows a distribution as a value of Flink. */
  private static final Pattern DISTRIBUTION =
      Pattern.compile(
          "DistributionResult\\{sum=(-?\\d+), count=(\\d+), min=(-?\\d+), max=(-?\\d+)}");

  private final String host;
  private final int port;
  private final Configuration configuration;
  private final ExecutorService executor;
  private final RestClient client;

  private FlinkCluster(String host, int port, Configuration configuration)
      throws ConfigurationException {
    this.host = host;
    this.port = port;
    this.configuration = configuration;
    this.executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "kappa-flink-rest");
              thread.setDaemon(true);
              return thread;
            });
    this.client = new RestClient(configuration, executor);
  }

  /**
   * A cluster by its address; it is not asked yet.
   *
   * @param master {@code host:port} of the REST interface
   * @param confDir a directory with the cluster's configuration file, or null
   * @throws KappaException if this is no address
   */
  static FlinkCluster at(String master, @Nullable String confDir) {
    Matcher matcher = MASTER.matcher(master);
    if (!matcher.matches()) {
      throw new KappaException(
          "--flinkMaster=" + master + " is no cluster",
          "write host:port of its REST interface, or [local]");
    }
    try {
      Configuration configuration =
          confDir == null ? new Configuration() : GlobalConfiguration.loadConfiguration(confDir);
      String host = matcher.group(1);
      int port = Integer.parseInt(matcher.group(2));
      configuration.set(RestOptions.ADDRESS, host);
      configuration.set(RestOptions.PORT, port);
      return new FlinkCluster(host, port, configuration);
    } catch (ConfigurationException | RuntimeException e) {
      throw new KappaException(
          "--flinkConfDir=%s is no use for %s (%s)".formatted(confDir, master, e.getMessage()),
          "name a directory with Flink's config.yaml",
          e);
    }
  }

  /** Whether its address is one of this machine's own. */
  boolean isOnThisMachine() {
    return LOOPBACK.contains(host);
  }

  /** How to reach the cluster, for Flink's own client. */
  Configuration configuration() {
    return configuration;
  }

  /** The page of a job, for people. */
  String page(JobID job) {
    String scheme = configuration.getString("security.ssl.rest.enabled", "false");
    return "%s://%s:%d/#/job/%s/overview"
        .formatted(scheme.equals("true") ? "https" : "http", host, port, job);
  }

  /**
   * Makes sure that the cluster speaks this program's Flink: what is submitted to another release
   * line fails later, with class names for an explanation.
   *
   * @throws KappaException if it does not, or does not answer
   */
  void requireOurVersion() {
    String theirs;
    try {
      theirs =
          answer(client.sendRequest(host, port, DashboardConfigurationHeaders.getInstance()))
              .getFlinkVersion();
    } catch (IOException e) {
      throw new KappaException(
          "no Flink answers at %s:%d (%s)".formatted(host, port, e.getMessage()),
          "see that the cluster runs and that this is its REST address",
          e);
    }
    String ours = EnvironmentInformation.getVersion();
    if (!releaseLine(ours).equals(releaseLine(theirs))) {
      throw new KappaException(
          "the cluster at %s:%d runs Flink %s, this program is made for Flink %s"
              .formatted(host, port, theirs, ours),
          "launch on a cluster of Flink " + releaseLine(ours));
    }
  }

  private static String releaseLine(String version) {
    Matcher matcher = RELEASE_LINE.matcher(version);
    return matcher.matches() ? matcher.group(1) : version;
  }

  /** The counters and positions of a running job; nothing while the cluster does not answer. */
  MetricResults counters(JobID job) {
    MetricsContainerStepMap all = new MetricsContainerStepMap();
    MetricsContainerImpl container = all.getContainer("job");
    try {
      JobMessageParameters parameters = new JobMessageParameters();
      parameters.jobPathParameter.resolve(job);
      JobDetailsInfo details = ask(JobDetailsHeaders.getInstance(), parameters);
      for (JobDetailsInfo.JobVertexDetailsInfo vertex : details.getJobVertexInfos()) {
        for (Metric metric : metrics(job, vertex.getJobVertexID())) {
          add(container, metric);
        }
      }
    } catch (IOException e) {
      // The job goes on, whether or not we can see how far it is.
      return MetricsContainerStepMap.asAttemptedOnlyMetricResults(new MetricsContainerStepMap());
    }
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(all);
  }

  private List<Metric> metrics(JobID job, JobVertexID vertex) throws IOException {
    List<String> ours = new ArrayList<>();
    for (Metric metric : metrics(job, vertex, List.of())) {
      if (name(metric) != null) {
        ours.add(metric.getId());
      }
    }
    List<Metric> found = new ArrayList<>();
    for (int from = 0; from < ours.size(); from += NAMES_PER_REQUEST) {
      found.addAll(
          metrics(
              job, vertex, ours.subList(from, Math.min(ours.size(), from + NAMES_PER_REQUEST))));
    }
    return found;
  }

  /**
   * @param names of the metrics whose values are wanted; empty for the names of all
   */
  private List<Metric> metrics(JobID job, JobVertexID vertex, List<String> names)
      throws IOException {
    JobVertexMetricsMessageParameters parameters = new JobVertexMetricsMessageParameters();
    parameters.jobPathParameter.resolve(job);
    parameters.jobVertexIdPathParameter.resolve(vertex);
    if (!names.isEmpty()) {
      parameters.getQueryParameters().stream()
          .filter(MetricsFilterParameter.class::isInstance)
          .map(MetricsFilterParameter.class::cast)
          .forEach(filter -> filter.resolve(names));
    }
    return List.copyOf(ask(JobVertexMetricsHeaders.getInstance(), parameters).getMetrics());
  }

  private static void add(MetricsContainerImpl container, Metric metric) {
    MetricName name = name(metric);
    String value = metric.getValue();
    if (name == null || value == null) {
      return;
    }
    Matcher distribution = DISTRIBUTION.matcher(value);
    if (distribution.matches()) {
      container
          .getDistribution(name)
          .update(
              Long.parseLong(distribution.group(1)),
              Long.parseLong(distribution.group(2)),
              Long.parseLong(distribution.group(3)),
              Long.parseLong(distribution.group(4)));
    } else if (value.matches("\\d{1,18}")) {
      container.getCounter(name).inc(Long.parseLong(value));
    }
  }

  /** Of {@code <subtask>.<operator>.<metric>}; null if it is not one of ours. */
  private static @Nullable MetricName name(Metric metric) {
    String id = metric.getId();
    return JoinedMetricNames.parse(id.substring(id.lastIndexOf('.') + 1));
  }

  private <
          H extends MessageHeaders<EmptyRequestBody, R, P>,
          P extends MessageParameters,
          R extends ResponseBody>
      R ask(H headers, P parameters) throws IOException {
    return answer(
        client.sendRequest(host, port, headers, parameters, EmptyRequestBody.getInstance()));
  }

  private static <T> T answer(CompletableFuture<T> asked) throws IOException {
    try {
      return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + ANSWER_SECONDS + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    CompletableFuture<Void> unused = client.closeAsync();
    executor.shutdown();
  }
}
