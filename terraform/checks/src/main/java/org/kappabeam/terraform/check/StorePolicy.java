package org.kappabeam.terraform.check;

import java.util.List;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;
import org.kappabeam.terraform.hcl.Block;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;

/** Stores of views, logs and images are encrypted with our keys and not deleted by mistake. */
final class StorePolicy implements Check {
  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      for (Module.Resource resource : module.resources()) {
        switch (resource.type()) {
          case "google_bigquery_dataset" -> dataset(resource, findings);
          case "google_bigquery_table" -> table(resource, findings);
          case "google_bigtable_instance" -> instance(resource, findings);
          case "google_bigtable_table" -> bigtable(resource, findings);
          case "google_managed_kafka_cluster" -> {
            Secured.require(resource, "gcp_config", "kms_key", findings);
            Secured.keep(resource, findings);
          }
          case "google_managed_kafka_topic" -> topic(resource, findings);
          case "google_artifact_registry_repository" -> {
            Secured.require(resource, "kms_key_name", findings);
            findings.require(
                resource.body().block("docker_config").stream()
                    .anyMatch(
                        block ->
                            block
                                .body()
                                .value("immutable_tags")
                                .filter(v -> v.is(true))
                                .isPresent()),
                resource.where(),
                "tags must be immutable");
          }
          case "aws_kinesis_stream" -> stream(resource, findings);
          default -> {}
        }
      }
    }
  }

  private static void dataset(Module.Resource dataset, Findings findings) {
    Secured.require(dataset, "default_encryption_configuration", "kms_key_name", findings);
    Secured.exactly(dataset, "delete_contents_on_destroy", false, findings);
    Secured.keep(dataset, findings);
  }

  private static void table(Module.Resource table, Findings findings) {
    Secured.exactly(table, "deletion_protection", true, findings);
    Secured.require(table, "clustering", findings);
    Secured.require(table, "schema", findings);
    findings.require(
        table.body().block("time_partitioning").isPresent(),
        table.where(),
        "must have time_partitioning, as the job makes its tables");
    findings.require(
        table.is("require_partition_filter", false),
        table.where(),
        "must say require_partition_filter = false: the pointer and the comparison read by key");
    findings.require(
        table.body().block("table_constraints").stream()
            .anyMatch(block -> block.body().block("primary_key").isPresent()),
        table.where(),
        "must have a primary key: changes are merged by it");
    findings.require(
        table.body().block("lifecycle").stream()
            .flatMap(block -> block.body().value("ignore_changes").stream())
            .flatMap(value -> value.references().stream())
            .anyMatch(reference -> reference.at(0).equals("schema")),
        table.where(),
        "must ignore changes of the schema: newer jobs add columns");
  }

  private static void instance(Module.Resource instance, Findings findings) {
    Secured.exactly(instance, "deletion_protection", true, findings);
    Secured.exactly(instance, "force_destroy", false, findings);
    Secured.keep(instance, findings);
    List<Block> clusters = instance.body().blocks("cluster");
    findings.require(
        clusters.size() == 1,
        instance.where(),
        "must have one cluster: rows are written conditionally");
    for (Block cluster : clusters) {
      Secured.require(instance, cluster.body(), "kms_key_name", findings);
    }
  }

  private static void bigtable(Module.Resource table, Findings findings) {
    Secured.exactly(table, "deletion_protection", "PROTECTED", findings);
    Secured.require(table, "automated_backup_policy", "retention_period", findings);
  }

  /** docs/operations.md says what a topic must be like. */
  private static void topic(Module.Resource topic, Findings findings) {
    Secured.keep(topic, findings);
    topic
        .body()
        .value("configs")
        .filter(ObjectOf.class::isInstance)
        .map(ObjectOf.class::cast)
        .ifPresentOrElse(
            configs -> {
              config(topic, configs, "retention.ms", "-1", findings);
              config(topic, configs, "retention.bytes", "-1", findings);
              config(topic, configs, "cleanup.policy", "delete", findings);
              config(topic, configs, "message.timestamp.type", "LogAppendTime", findings);
              config(topic, configs, "min.insync.replicas", "2", findings);
            },
            () -> findings.add(topic.where(), "must have configs"));
  }

  private static void config(
      Module.Resource topic, ObjectOf configs, String key, String value, Findings findings) {
    findings.require(
        configs.get(key).filter(found -> found.is(value)).isPresent(),
        topic.where(),
        "must have " + key + " = " + value);
  }

  private static void stream(Module.Resource stream, Findings findings) {
    Secured.exactly(stream, "encryption_type", "KMS", findings);
    Secured.require(stream, "kms_key_id", findings);
    Secured.require(stream, "retention_period", findings);
    Secured.keep(stream, findings);
  }
}
