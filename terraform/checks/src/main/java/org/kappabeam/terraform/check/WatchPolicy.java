package org.kappabeam.terraform.check;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Expression;

/** What can go wrong calls somebody, and says what to do; who did what is kept. */
final class WatchPolicy implements Check {
  /** What must be watched, by the metric that shows it. */
  private static final Map<String, List<String>> METRICS =
      Map.of(
          "terraform/modules/observability",
          List.of(
              "dataflow.googleapis.com/job/data_watermark_age",
              "dataflow.googleapis.com/job/system_lag",
              "dataflow.googleapis.com/job/estimated_backlog_processing_time",
              "dataflow.googleapis.com/job/is_failed",
              "dataflow.googleapis.com/job/user_counter",
              "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
              "pubsub.googleapis.com/subscription/num_undelivered_messages"),
          "terraform/modules/kinesis",
          List.of("GetRecords.IteratorAgeMilliseconds"));

  private static final Pattern LINK = Pattern.compile("((?:[a-z]+/)*[a-z]+\\.md)#([a-z0-9-]+)");
  private static final Set<String> AUDITED = Set.of("ADMIN_READ", "DATA_READ", "DATA_WRITE");

  @Override
  public void run(Configuration configuration, Findings findings) {
    Set<String> present = new HashSet<>();
    for (Module module : configuration.modules()) {
      for (Module.Resource resource : module.resources()) {
        present.add(resource.type());
        switch (resource.type()) {
          case "google_monitoring_alert_policy" -> alert(resource, findings);
          case "aws_cloudwatch_metric_alarm" -> {
            Secured.require(resource, "alarm_actions", findings);
            Secured.require(resource, "alarm_description", findings);
            findings.require(
                links(resource.body().value("alarm_description")).length() > 0,
                resource.where(),
                "must say what to do: a link to a page");
          }
          case "google_billing_budget" ->
              Secured.require(
                  resource, "all_updates_rule", "monitoring_notification_channels", findings);
          case "google_logging_project_sink" ->
              Secured.exactly(resource, "unique_writer_identity", true, findings);
          case "google_logging_project_bucket_config" -> {
            Secured.exactly(resource, "locked", true, findings);
            Secured.require(resource, "retention_days", findings);
            Secured.require(resource, "cmek_settings", "kms_key_name", findings);
          }
          case "google_project_iam_audit_config" -> audit(resource, findings);
          default -> {}
        }
      }
      pages(configuration, module, findings);
    }
    for (String type :
        List.of(
            "google_monitoring_dashboard",
            "google_billing_budget",
            "google_logging_project_sink",
            "google_logging_project_bucket_config",
            "google_project_iam_audit_config")) {
      findings.require(present.contains(type), "terraform/modules", "there must be a " + type);
    }
    metrics(configuration, findings);
  }

  private static void alert(Module.Resource alert, Findings findings) {
    Secured.require(alert, "notification_channels", findings);
    Secured.require(alert, "documentation", "content", findings);
    alert
        .body()
        .block("documentation")
        .flatMap(block -> block.body().value("content"))
        .ifPresent(
            content ->
                findings.require(
                    content.references().stream()
                            .anyMatch(reference -> reference.startsWith("var", "documentation"))
                        && (links(Optional.of(content)).length() > 0
                            || content.references().stream()
                                .anyMatch(
                                    reference -> reference.startsWith("each", "value", "runbook"))),
                    alert.where(),
                    "must say what to do: a link to a page"));
  }

  private static String links(Optional<Expression> value) {
    StringBuilder found = new StringBuilder();
    value.ifPresent(
        expression ->
            expression.walk(
                part ->
                    part.text()
                        .map(LINK::matcher)
                        .filter(Matcher::find)
                        .ifPresent(matcher -> found.append(matcher.group()))));
    return found.toString();
  }

  private static void audit(Module.Resource config, Findings findings) {
    Set<String> types = new HashSet<>();
    config
        .body()
        .blocks("audit_log_config")
        .forEach(
            block -> {
              block.body().value("log_type").flatMap(Expression::text).ifPresent(types::add);
              findings.require(
                  block.body().value("exempted_members").isEmpty(),
                  config.where(),
                  "nobody is exempt from the audit");
            });
    findings.require(
        types.equals(AUDITED), config.where(), "must write down " + AUDITED + ", does " + types);
  }

  /** Links lead to headings that exist. */
  private static void pages(Configuration configuration, Module module, Findings findings) {
    module
        .files()
        .forEach(
            (file, body) ->
                body.walk(
                    expression ->
                        expression
                            .text()
                            .ifPresent(
                                text -> {
                                  Matcher link = LINK.matcher(text);
                                  while (link.find()) {
                                    String page = "docs/" + link.group(1);
                                    findings.require(
                                        configuration.has(page)
                                            && headings(configuration.text(page))
                                                .contains(link.group(2)),
                                        file,
                                        "links to " + link.group() + ", which is not there");
                                  }
                                })));
  }

  /** Headings as links name them. */
  static Set<String> headings(String page) {
    Set<String> headings = new HashSet<>();
    page.lines()
        .filter(line -> line.startsWith("#"))
        .forEach(
            line ->
                headings.add(
                    line.replaceAll("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-')));
    return headings;
  }

  private static void metrics(Configuration configuration, Findings findings) {
    METRICS.forEach(
        (folder, metrics) -> {
          StringBuilder watched = new StringBuilder();
          configuration
              .module(folder)
              .ifPresent(
                  module ->
                      module
                          .files()
                          .values()
                          .forEach(
                              body ->
                                  body.walk(
                                      expression -> expression.text().ifPresent(watched::append))));
          for (String metric : metrics) {
            findings.require(watched.indexOf(metric) >= 0, folder, "nothing watches " + metric);
          }
        });
  }
}
