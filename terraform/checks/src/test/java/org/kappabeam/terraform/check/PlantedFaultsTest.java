package org.kappabeam.terraform.check;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kappabeam.terraform.config.Configuration;

/** In a copy of our files, one thing is wrong; a check has to say so. */
class PlantedFaultsTest {
  private static final Checks CHECKS = Checks.all();

  /**
   * One thing that is wrong.
   *
   * @param file in which the first {@code right} becomes {@code wrong}
   * @param finding a part of what a check has to say
   */
  private record Fault(String title, String file, String right, String wrong, String finding) {
    @Override
    public String toString() {
      return title;
    }
  }

  private static Fault fault(
      String title, String file, String right, String wrong, String finding) {
    return new Fault(title, file, right, wrong, finding);
  }

  static List<Fault> faults() {
    return List.of(
        fault(
            "unknown type",
            "terraform/modules/pubsub/main.tf",
            "resource \"google_pubsub_topic\" \"log\"",
            "resource \"google_pubsub_topics\" \"log\"",
            "unknown type google_pubsub_topics"),
        fault(
            "unknown argument",
            "terraform/modules/pubsub/main.tf",
            "kms_key_name               = var.kms_key",
            "kms_key_nmae               = var.kms_key",
            "unknown argument kms_key_nmae"),
        fault(
            "unknown block",
            "terraform/modules/pubsub/main.tf",
            "  message_storage_policy {",
            "  message_store_policy {",
            "unknown block message_store_policy"),
        fault(
            "argument in a nested block",
            "terraform/modules/pubsub/main.tf",
            "allowed_persistence_regions = [var.region]",
            "persistence_regions = [var.region]",
            "unknown argument persistence_regions"),
        fault(
            "required argument missing",
            "terraform/modules/kms/main.tf",
            "  key_ring        = google_kms_key_ring.keys.id\n",
            "",
            "argument key_ring is missing"),
        fault(
            "required argument of a block missing",
            "terraform/modules/pubsub/main.tf",
            "    ttl = \"\"\n",
            "",
            "argument ttl is missing"),
        fault(
            "required block missing",
            "terraform/modules/kafka/main.tf",
            "  capacity_config {\n    vcpu_count   = var.vcpus\n    memory_bytes = var.vcpus * 4 * 1024 * 1024 * 1024\n  }\n",
            "",
            "block capacity_config is missing"),
        fault(
            "single block twice",
            "terraform/modules/event-log/main.tf",
            "  versioning {\n    enabled = true\n  }\n",
            "  versioning {\n    enabled = true\n  }\n  versioning {\n    enabled = true\n  }\n",
            "block versioning is there twice"),
        fault(
            "computed attribute set",
            "terraform/modules/identity/main.tf",
            "  description  = each.value",
            "  description  = each.value\n  email        = \"a\"",
            "argument email can only be read"),
        fault(
            "block written as argument",
            "terraform/modules/event-log/main.tf",
            "  versioning {\n    enabled = true\n  }",
            "  versioning = { enabled = true }",
            "versioning is a block"),
        fault(
            "argument written as block",
            "terraform/modules/bigquery/main.tf",
            "  clustering          = [var.views[each.value.view].key]",
            "  clustering {\n  }",
            "clustering is an argument"),
        fault(
            "beta type without its provider",
            "terraform/modules/dataflow-flex/main.tf",
            "  provider = google-beta\n",
            "",
            "needs provider = google-beta"),
        fault(
            "provider not declared",
            "terraform/modules/services/versions.tf",
            "    google-beta = {\n      source  = \"hashicorp/google-beta\"\n      version = \">= 6.50.0, < 7.0.0\"\n    }\n",
            "",
            "provider google-beta is not in required_providers"),
        fault(
            "unknown argument of lifecycle",
            "terraform/modules/kms/main.tf",
            "prevent_destroy = true",
            "prevent_deletion = true",
            "lifecycle has no argument prevent_deletion"),
        fault(
            "ignored argument that does not exist",
            "terraform/modules/bigquery/main.tf",
            "ignore_changes = [schema]",
            "ignore_changes = [schema, shcema]",
            "ignore_changes names shcema"),
        fault(
            "unknown argument in a dynamic block",
            "terraform/modules/bigquery/main.tf",
            "      field = var.views",
            "      column = var.views",
            "unknown argument column"),
        fault(
            "unknown argument of a provider",
            "terraform/environments/dev/main.tf",
            "user_project_override = true",
            "user_project_overide = true",
            "unknown argument user_project_overide"),
        fault(
            "type of AWS that does not exist",
            "terraform/modules/kinesis/main.tf",
            "resource \"aws_kms_alias\"",
            "resource \"aws_kms_aliases\"",
            "unknown type aws_kms_aliases"),
        fault(
            "undeclared variable",
            "terraform/modules/kms/main.tf",
            "location = var.region",
            "location = var.regoin",
            "no variable regoin"),
        fault(
            "unused variable",
            "terraform/modules/kms/variables.tf",
            "variable \"region\"",
            "variable \"unused\" {\n  description = \"Nothing needs it.\"\n  type        = string\n}\n\nvariable \"region\"",
            "var.unused is never used"),
        fault(
            "undeclared local value",
            "terraform/modules/network/main.tf",
            "for_each = local.zones",
            "for_each = local.zone",
            "no local value zone"),
        fault(
            "unused local value",
            "terraform/modules/network/main.tf",
            "locals {\n",
            "locals {\n  unused = 1\n",
            "local.unused is never used"),
        fault(
            "unknown resource",
            "terraform/modules/kms/main.tf",
            "google_kms_key_ring.keys.id",
            "google_kms_key_ring.ring.id",
            "no resource google_kms_key_ring.ring"),
        fault(
            "unknown attribute of a resource",
            "terraform/modules/pubsub/main.tf",
            "topic   = google_pubsub_topic.undelivered.id",
            "topic   = google_pubsub_topic.undelivered.self_link",
            "google_pubsub_topic has no attribute self_link"),
        fault(
            "unknown data source",
            "terraform/modules/services/outputs.tf",
            "data.google_project.this.number\n}",
            "data.google_project.that.number\n}",
            "no data data.google_project.that"),
        fault(
            "unknown output of a module",
            "terraform/platform/main.tf",
            "module.network.subnetwork_id",
            "module.network.subnet_id",
            "module network has no output subnet_id"),
        fault(
            "unknown key of an output",
            "terraform/platform/main.tf",
            "module.contract.names.key_ring",
            "module.contract.names.keyring",
            "module.contract.names.keyring is not there"),
        fault(
            "unknown module",
            "terraform/platform/outputs.tf",
            "module.observability.dashboard",
            "module.observation.dashboard",
            "no module observation"),
        fault(
            "argument that a module does not know",
            "terraform/platform/main.tf",
            "  internet_access = var.internet_access",
            "  internet = var.internet_access",
            "module network has no variable internet"),
        fault(
            "argument that a module needs",
            "terraform/environments/prod/main.tf",
            "  emails        = var.emails\n",
            "",
            "module platform needs emails"),
        fault(
            "folder that is no module",
            "terraform/platform/main.tf",
            "source = \"../modules/kms\"",
            "source = \"../modules/keys\"",
            "names a folder that is no module"),
        fault(
            "each without for_each",
            "terraform/modules/pubsub/main.tf",
            "name    = var.subscription",
            "name    = each.value",
            "each.value needs for_each"),
        fault(
            "unknown function",
            "terraform/modules/contract/main.tf",
            "replace(\"${local.prefix}_views\"",
            "replaces(\"${local.prefix}_views\"",
            "unknown function replaces"),
        fault(
            "attribute that a variable's type lacks",
            "terraform/modules/observability/main.tf",
            "var.limits.lag_seconds",
            "var.limits.lag",
            "var.limits.lag is not in its type"),
        fault(
            "declared twice",
            "terraform/modules/network/main.tf",
            "resource \"google_compute_firewall\" \"deny_egress\"",
            "resource \"google_compute_firewall\" \"workers\"",
            "resource.google_compute_firewall.workers is there twice"),
        fault(
            "access by object",
            "terraform/modules/event-log/main.tf",
            "uniform_bucket_level_access = true",
            "uniform_bucket_level_access = false",
            "must have uniform_bucket_level_access = true"),
        fault(
            "public access possible",
            "terraform/modules/event-log/main.tf",
            "public_access_prevention    = \"enforced\"",
            "public_access_prevention    = \"inherited\"",
            "must have public_access_prevention = enforced"),
        fault(
            "bucket deleted with its files",
            "terraform/modules/event-log/main.tf",
            "force_destroy               = false",
            "force_destroy               = true",
            "must have force_destroy = false"),
        fault(
            "bucket without our key",
            "terraform/modules/event-log/main.tf",
            "  encryption {\n    default_kms_key_name = var.kms_key\n  }\n",
            "",
            "must have a block encryption"),
        fault(
            "archive without versions",
            "terraform/modules/event-log/main.tf",
            "    enabled = true",
            "    enabled = false",
            "the archive must keep versions"),
        fault(
            "short soft delete",
            "terraform/modules/event-log/main.tf",
            "retention_duration_seconds = 7776000",
            "retention_duration_seconds = 604800",
            "soft_delete_policy of 7776000"),
        fault(
            "archive with a retention policy",
            "terraform/modules/event-log/main.tf",
            "  versioning {",
            "  retention_policy {\n    retention_period = 86400\n  }\n\n  versioning {",
            "no retention_policy"),
        fault(
            "rule that deletes from the archive",
            "terraform/modules/event-log/main.tf",
            "      type          = \"SetStorageClass\"\n      storage_class = \"ARCHIVE\"",
            "      type = \"Delete\"",
            "the archive never forgets"),
        fault(
            "tiers out of order",
            "terraform/modules/event-log/main.tf",
            "storage_class = \"COLDLINE\"\n",
            "storage_class = \"ARCHIVE\"\n",
            "tiers must be"),
        fault(
            "topic without our key",
            "terraform/modules/pubsub/main.tf",
            "  kms_key_name               = var.kms_key\n",
            "",
            "must set kms_key_name"),
        fault(
            "topic that keeps nothing",
            "terraform/modules/pubsub/main.tf",
            "  message_retention_duration = var.retention\n",
            "",
            "must set message_retention_duration"),
        fault(
            "topic that leaves its region",
            "terraform/modules/pubsub/main.tf",
            "  message_storage_policy {\n    allowed_persistence_regions = [var.region]\n    enforce_in_transit          = true\n  }\n",
            "",
            "must have a block message_storage_policy"),
        fault(
            "retention by a default that nobody checks",
            "terraform/modules/pubsub/variables.tf",
            "variable \"retention\" {",
            "variable \"retention\" {\n  default = \"600s\"",
            "which has a default and no validation"),
        fault(
            "subscription without dead letters",
            "terraform/modules/pubsub/main.tf",
            "  dead_letter_policy {\n    dead_letter_topic     = google_pubsub_topic.undelivered.id\n    max_delivery_attempts = 100\n  }\n",
            "",
            "must have a block dead_letter_policy"),
        fault(
            "few attempts",
            "terraform/modules/pubsub/main.tf",
            "max_delivery_attempts = 100",
            "max_delivery_attempts = 5",
            "take the most"),
        fault(
            "subscription that expires",
            "terraform/modules/pubsub/main.tf",
            "ttl = \"\"",
            "ttl = \"2678400s\"",
            "must never expire"),
        fault(
            "subscription without pauses",
            "terraform/modules/pubsub/main.tf",
            "  retry_policy {\n    minimum_backoff = \"10s\"\n    maximum_backoff = \"600s\"\n  }\n",
            "",
            "must have a block retry_policy"),
        fault(
            "subscription that forgets what was read",
            "terraform/modules/pubsub/main.tf",
            "retain_acked_messages = true",
            "retain_acked_messages = false",
            "must have retain_acked_messages = true"),
        fault(
            "dead letters that nobody keeps",
            "terraform/modules/pubsub/main.tf",
            "topic   = google_pubsub_topic.undelivered.id\n  labels",
            "topic   = google_pubsub_topic.log.id\n  labels",
            "nobody subscribes"),
        fault(
            "public workers",
            "terraform/modules/dataflow-flex/main.tf",
            "\"WORKER_IP_PRIVATE\"",
            "\"WORKER_IP_PUBLIC\"",
            "must have ip_configuration = WORKER_IP_PRIVATE"),
        fault(
            "job as the default account",
            "terraform/modules/dataflow-flex/main.tf",
            "  service_account_email   = var.service_account\n",
            "",
            "must set service_account_email"),
        fault(
            "job without our key",
            "terraform/modules/dataflow-classic/main.tf",
            "  kms_key_name            = var.kms_key\n",
            "",
            "must set kms_key_name"),
        fault(
            "job that is cancelled",
            "terraform/modules/dataflow-classic/main.tf",
            "on_delete                    = \"drain\"",
            "on_delete                    = \"cancel\"",
            "must have on_delete = drain"),
        fault(
            "job on the default network",
            "terraform/modules/dataflow-flex/main.tf",
            "  subnetwork              = var.subnetwork\n",
            "",
            "must set subnetwork"),
        fault(
            "job without streaming engine",
            "terraform/modules/dataflow-flex/main.tf",
            "enable_streaming_engine = true",
            "enable_streaming_engine = false",
            "must have enable_streaming_engine = true"),
        fault(
            "job without a bound of workers",
            "terraform/modules/dataflow-flex/main.tf",
            "  max_workers             = var.max_workers\n",
            "",
            "must set max_workers"),
        fault(
            "job that nobody asked for",
            "terraform/modules/dataflow-classic/main.tf",
            "  count = var.launch ? 1 : 0\n",
            "",
            "launching must be asked for"),
        fault(
            "editor of the project",
            "terraform/modules/identity/main.tf",
            "role    = \"roles/dataflow.developer\"",
            "role    = \"roles/editor\"",
            "roles/editor is on no list"),
        fault(
            "administrator of a store",
            "terraform/modules/bigtable/main.tf",
            "\"roles/bigtable.user\"",
            "\"roles/bigtable.admin\"",
            "roles/bigtable.admin is on no list"),
        fault(
            "role by a variable",
            "terraform/modules/bigtable/main.tf",
            "role     = \"roles/bigtable.reader\"",
            "role     = var.reader",
            "its role must be written out"),
        fault(
            "data role for the whole project",
            "terraform/modules/identity/main.tf",
            "role    = \"roles/bigquery.jobUser\"",
            "role    = \"roles/bigquery.dataViewer\"",
            "is given for the whole project"),
        fault(
            "binding",
            "terraform/modules/pubsub/main.tf",
            "resource \"google_pubsub_topic_iam_member\" \"producer\"",
            "resource \"google_pubsub_topic_iam_binding\" \"producer\"",
            "use _iam_member"),
        fault(
            "key of an account",
            "terraform/modules/identity/main.tf",
            "resource \"google_project_iam_member\" \"launcher\"",
            "resource \"google_service_account_key\" \"k\" {\n  service_account_id = \"a\"\n}\n\nresource \"google_project_iam_member\" \"launcher\"",
            "a key can leak"),
        fault(
            "everybody",
            "terraform/modules/event-log/main.tf",
            "member = var.replayer",
            "member = \"allUsers\"",
            "gives access to everybody"),
        fault(
            "wide right in a role of ours",
            "terraform/modules/identity/main.tf",
            "\"pubsub.snapshots.list\",",
            "\"pubsub.topics.delete\",",
            "pubsub.topics.delete is on no list"),
        fault(
            "wildcard in AWS",
            "terraform/modules/kinesis/main.tf",
            "      \"kinesis:GetRecords\",",
            "      \"kinesis:*\",",
            "allows kinesis:*"),
        fault(
            "dataset without our key",
            "terraform/modules/bigquery/main.tf",
            "  default_encryption_configuration {\n    kms_key_name = var.kms_key\n  }\n",
            "",
            "must have a block default_encryption_configuration"),
        fault(
            "table that can be deleted",
            "terraform/modules/bigquery/main.tf",
            "deletion_protection = true",
            "deletion_protection = false",
            "must have deletion_protection = true"),
        fault(
            "table without partitions",
            "terraform/modules/bigquery/main.tf",
            "dynamic \"time_partitioning\"",
            "dynamic \"encryption_configuration\"",
            "must have time_partitioning"),
        fault(
            "table that wants a filter of time",
            "terraform/modules/bigquery/main.tf",
            "require_partition_filter = false",
            "require_partition_filter = true",
            "must say require_partition_filter = false"),
        fault(
            "table without a key",
            "terraform/modules/bigquery/main.tf",
            "  table_constraints {\n    primary_key {\n      columns = [var.views[each.value.view].key]\n    }\n  }\n",
            "",
            "must have a primary key"),
        fault(
            "table that loses columns",
            "terraform/modules/bigquery/main.tf",
            "ignore_changes = [schema]",
            "ignore_changes = [labels]",
            "must ignore changes of the schema"),
        fault(
            "cluster without our key",
            "terraform/modules/bigtable/main.tf",
            "    kms_key_name = var.kms_key\n",
            "",
            "must set kms_key_name"),
        fault(
            "instance that can be deleted",
            "terraform/modules/bigtable/main.tf",
            "deletion_protection = true",
            "deletion_protection = false",
            "must have deletion_protection = true"),
        fault(
            "table of Bigtable that can be deleted",
            "terraform/modules/bigtable/main.tf",
            "deletion_protection = \"PROTECTED\"",
            "deletion_protection = \"UNPROTECTED\"",
            "must have deletion_protection = PROTECTED"),
        fault(
            "second cluster",
            "terraform/modules/bigtable/main.tf",
            "  lifecycle {\n    prevent_destroy = true",
            "  cluster {\n    cluster_id   = \"c2\"\n    kms_key_name = var.kms_key\n  }\n\n  lifecycle {\n    prevent_destroy = true",
            "must have one cluster"),
        fault(
            "topic of Kafka that forgets",
            "terraform/modules/kafka/main.tf",
            "\"retention.ms\"           = \"-1\"",
            "\"retention.ms\"           = \"604800000\"",
            "must have retention.ms = -1"),
        fault(
            "topic of Kafka that compacts",
            "terraform/modules/kafka/main.tf",
            "\"cleanup.policy\"         = \"delete\"",
            "\"cleanup.policy\"         = \"compact\"",
            "must have cleanup.policy = delete"),
        fault(
            "topic of Kafka with producers' clocks",
            "terraform/modules/kafka/main.tf",
            "\"LogAppendTime\"",
            "\"CreateTime\"",
            "must have message.timestamp.type"),
        fault(
            "Kafka without our key",
            "terraform/modules/kafka/main.tf",
            "    kms_key = var.kms_key\n",
            "",
            "must set kms_key"),
        fault(
            "images whose tags move",
            "terraform/modules/artifact-registry/main.tf",
            "immutable_tags = true",
            "immutable_tags = false",
            "tags must be immutable"),
        fault(
            "stream in the clear",
            "terraform/modules/kinesis/main.tf",
            "encryption_type           = \"KMS\"",
            "encryption_type           = \"NONE\"",
            "must have encryption_type = KMS"),
        fault(
            "key that rotates once a year",
            "terraform/modules/kms/main.tf",
            "\"7776000s\" # 90 days",
            "\"31536000s\"",
            "rotation_period of at most"),
        fault(
            "key without rotation",
            "terraform/modules/kms/main.tf",
            "  rotation_period = \"7776000s\" # 90 days\n",
            "",
            "rotation_period of at most"),
        fault(
            "key that is destroyed in a day",
            "terraform/modules/kms/main.tf",
            "\"2592000s\"",
            "\"86400s\"",
            "destroy_scheduled_duration of at least"),
        fault(
            "key that can be destroyed",
            "terraform/modules/kms/main.tf",
            "prevent_destroy = true",
            "prevent_destroy = false",
            "must have prevent_destroy = true"),
        fault(
            "key in AWS without rotation",
            "terraform/modules/kinesis/main.tf",
            "enable_key_rotation     = true",
            "enable_key_rotation     = false",
            "must have enable_key_rotation = true"),
        fault(
            "key in AWS that is gone in a week",
            "terraform/modules/kinesis/main.tf",
            "deletion_window_in_days = 30",
            "deletion_window_in_days = 7",
            "deletion_window_in_days of 30"),
        fault(
            "subnetworks everywhere",
            "terraform/modules/network/main.tf",
            "auto_create_subnetworks = false",
            "auto_create_subnetworks = true",
            "must have auto_create_subnetworks = false"),
        fault(
            "no private way to Google",
            "terraform/modules/network/main.tf",
            "private_ip_google_access = true",
            "private_ip_google_access = false",
            "must have private_ip_google_access = true"),
        fault(
            "open to the internet",
            "terraform/modules/network/main.tf",
            "source_tags = [\"dataflow\"]",
            "source_ranges = [\"0.0.0.0/0\"]",
            "lets the internet in"),
        fault(
            "open to anybody",
            "terraform/modules/network/main.tf",
            "  source_tags = [\"dataflow\"]\n",
            "",
            "lets anybody in"),
        fault(
            "all ports",
            "terraform/modules/network/main.tf",
            "    ports    = [\"12345-12346\"]\n",
            "",
            "must name the ports"),
        fault(
            "nothing denied",
            "terraform/modules/network/main.tf",
            "  deny {\n    protocol = \"all\"\n  }\n",
            "  deny {\n    protocol = \"udp\"\n  }\n",
            "must deny all other INGRESS"),
        fault(
            "NAT that nobody asked for",
            "terraform/modules/network/main.tf",
            "resource \"google_compute_router_nat\" \"nat\" {\n  count = var.internet_access ? 1 : 0\n",
            "resource \"google_compute_router_nat\" \"nat\" {\n",
            "must be asked for"),
        fault(
            "public zone",
            "terraform/modules/network/main.tf",
            "visibility  = \"private\"",
            "visibility  = \"public\"",
            "must have visibility = private"),
        fault(
            "variable without description",
            "terraform/modules/kms/variables.tf",
            "  description = \"Name of the key ring. It stays for ever: Google deletes none.\"\n",
            "",
            "variable key_ring has no description"),
        fault(
            "output without description",
            "terraform/modules/kms/outputs.tf",
            "  description = \"Ids of the keys by service. Known only once the service may use its key.\"\n",
            "",
            "output key_ids has no description"),
        fault(
            "variable without type",
            "terraform/modules/network/variables.tf",
            "  type        = bool\n",
            "",
            "variable internet_access has no type"),
        fault(
            "secret that is shown",
            "terraform/modules/kms/variables.tf",
            "variable \"region\"",
            "variable \"api_token\" {\n  description = \"Secret of something.\"\n  type        = string\n}\n\nvariable \"region\"",
            "sounds like a secret"),
        fault(
            "provider without upper bound",
            "terraform/modules/kms/versions.tf",
            "version = \">= 6.50.0, < 7.0.0\"",
            "version = \">= 6.50.0\"",
            "needs a version with a lower and an upper bound"),
        fault(
            "Terraform without upper bound",
            "terraform/modules/kms/versions.tf",
            "required_version = \">= 1.9.0, < 2.0.0\"",
            "required_version = \">= 1.9.0\"",
            "required_version needs"),
        fault(
            "module from elsewhere",
            "terraform/platform/main.tf",
            "source = \"../modules/kms\"",
            "source = \"terraform-google-modules/kms/google\"",
            "is not one of ours"),
        fault(
            "key written down",
            "terraform/modules/contract/outputs.tf",
            "description = \"What everything is called.\"",
            "description = \"-----BEGIN PRIVATE KEY-----\"",
            "what looks like a key"),
        fault(
            "credentials in an environment",
            "terraform/environments/dev/main.tf",
            "  user_project_override = true",
            "  credentials = \"key.json\"\n  user_project_override = true",
            "credentials come from who runs Terraform"),
        fault(
            "resource in an environment",
            "terraform/environments/dev/main.tf",
            "module \"platform\" {",
            "resource \"google_kms_key_ring\" \"k\" {\n  name     = \"k\"\n  location = \"l\"\n}\n\nmodule \"platform\" {",
            "an environment holds backend"),
        fault(
            "environment without backend",
            "terraform/environments/prod/main.tf",
            "  backend \"gcs\" {\n    prefix = \"kappa/prod\"\n  }\n",
            "",
            "keeps its state in a backend"),
        fault(
            "alert that calls nobody",
            "terraform/modules/observability/main.tf",
            "  notification_channels = [for channel in google_monitoring_notification_channel.people : channel.name]\n",
            "",
            "must set notification_channels"),
        fault(
            "alert that says nothing",
            "terraform/modules/observability/main.tf",
            "    content   = \"${each.value.meaning}\\n\\nWhat to do: ${var.documentation}/${each.value.runbook}\"\n",
            "    content   = each.value.meaning\n",
            "must say what to do"),
        fault(
            "alert that links to nowhere",
            "terraform/modules/observability/main.tf",
            "operations.md#restart",
            "operations.md#reboot",
            "links to operations.md#reboot"),
        fault(
            "alarm in AWS that links to nowhere",
            "terraform/modules/kinesis/main.tf",
            "connectors/kinesis.md#guarantees",
            "connectors/kinesis.md#warranties",
            "links to connectors/kinesis.md#warranties"),
        fault(
            "failed job that nobody sees",
            "terraform/modules/observability/main.tf",
            "dataflow.googleapis.com/job/is_failed",
            "dataflow.googleapis.com/job/status",
            "nothing watches dataflow.googleapis.com/job/is_failed"),
        fault(
            "iterator age that nobody sees",
            "terraform/modules/kinesis/main.tf",
            "GetRecords.IteratorAgeMilliseconds",
            "GetRecords.Bytes",
            "nothing watches GetRecords.IteratorAge"),
        fault(
            "audit log that can be shortened",
            "terraform/modules/audit/main.tf",
            "locked         = true",
            "locked         = false",
            "must have locked = true"),
        fault(
            "audit log of nobody",
            "terraform/modules/audit/main.tf",
            "unique_writer_identity = true",
            "unique_writer_identity = false",
            "must have unique_writer_identity = true"),
        fault(
            "reads that are not written down",
            "terraform/modules/services/main.tf",
            "  audit_log_config {\n    log_type = \"DATA_READ\"\n  }\n",
            "",
            "must write down"),
        fault(
            "somebody exempt from the audit",
            "terraform/modules/services/main.tf",
            "    log_type = \"DATA_READ\"\n",
            "    log_type         = \"DATA_READ\"\n    exempted_members = [\"user:a@example.com\"]\n",
            "nobody is exempt"),
        fault(
            "budget that tells nobody",
            "terraform/modules/observability/main.tf",
            "  all_updates_rule {\n    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.people : channel.id]\n  }\n",
            "",
            "must have a block all_updates_rule"),
        fault(
            "another service's key",
            "terraform/platform/main.tf",
            "module.kms.key_ids[\"pubsub\"]",
            "module.kms.key_ids[\"storage\"]",
            "must be given kms_key = module.kms.key_ids.pubsub"),
        fault(
            "job as the launcher",
            "terraform/platform/main.tf",
            "service_account        = module.identity.emails[\"worker\"]",
            "service_account        = module.identity.emails[\"launcher\"]",
            "must be given service_account"),
        fault(
            "retention of one's own",
            "terraform/platform/main.tf",
            "retention     = module.contract.log_retention",
            "retention     = \"600s\"",
            "must be given retention"),
        fault(
            "reader that writes",
            "terraform/platform/main.tf",
            "reader       = module.identity.members[\"reader\"]",
            "reader       = module.identity.members[\"worker\"]",
            "must be given reader"),
        fault(
            "members known too late",
            "terraform/modules/kafka/main.tf",
            "for_each = var.members",
            "for_each = toset(values(var.members))",
            "take a map"),
        fault(
            "option that the job does not have",
            "terraform/modules/dataflow-flex/parameters.tf",
            "    shards ",
            "    shard  ",
            "unknown [shard]"),
        fault(
            "option that is not required",
            "terraform/modules/dataflow-flex/parameters.tf",
            "= string\n",
            "= optional(string)\n",
            "is required"),
        fault(
            "parameter that the template does not have",
            "runner-profiles/dataflow/templates/fraud.flex.json",
            "\"allowedLateness\"",
            "\"lateness\"",
            "missing [allowedLateness], unknown [lateness]"),
        fault(
            "template of another language",
            "runner-profiles/dataflow/templates/fraud.flex.json",
            "\"JAVA\"",
            "\"PYTHON\"",
            "the language is JAVA"),
        fault(
            "column that is missing",
            "terraform/schemas/alerts.json",
            "\"rule_limit\"",
            "\"limit\"",
            "terraform/schemas/alerts.json: has columns"),
        fault(
            "column of another type",
            "terraform/schemas/scored_transactions.json",
            "\"FLOAT64\"",
            "\"NUMERIC\"",
            "terraform/schemas/scored_transactions.json: has columns"),
        fault(
            "column that the program has got",
            "pipelines/src/main/java/org/kappabeam/pipelines/fraud/FraudViews.java",
            ".column(\"reason\", ColumnType.TEXT)",
            ".column(\"reason\", ColumnType.TEXT)\n          .column(\"score\", ColumnType.DOUBLE)",
            "terraform/schemas/alerts.json: has columns"),
        fault(
            "option that the program has got",
            "pipelines/src/main/java/org/kappabeam/pipelines/pilot/KappaOptions.java",
            "int getShards();",
            "int getSplinters();",
            "unknown [shards]"),
        fault(
            "key of a view",
            "terraform/modules/contract/main.tf",
            "key = \"alert_id\"",
            "key = \"id\"",
            "local.views is"),
        fault(
            "lease",
            "terraform/modules/pubsub/main.tf",
            "ack_deadline_seconds       = 60\n  message_retention_duration = var.retention\n  # A snapshot",
            "ack_deadline_seconds       = 10\n  message_retention_duration = var.retention\n  # A snapshot",
            "must be the reader's lease, 60"),
        fault(
            "retention of the program",
            "terraform/modules/contract/variables.tf",
            "default     = 31",
            "default     = 14",
            "log_retention_days must be as long"),
        fault(
            "subscription called otherwise",
            "terraform/modules/contract/main.tf",
            "subscription     = var.topic",
            "subscription     = \"${var.topic}-live\"",
            "called alike"),
        fault(
            "salts",
            "terraform/modules/bigtable/main.tf",
            ", \"\\u000f\"]",
            "]",
            "less than the 16 salts"),
        fault(
            "family of columns",
            "terraform/modules/bigtable/main.tf",
            "    family = \"v\"",
            "    family = \"values\"",
            "column families differ"),
        fault(
            "control table",
            "terraform/modules/bigtable/main.tf",
            "\"kappa_views\"",
            "\"kappa_pointers\"",
            "control tables differ"),
        fault(
            "label of a table",
            "terraform/modules/bigquery/main.tf",
            "kappa_generation = tostring",
            "kappa_build = tostring",
            "labels differ"),
        fault(
            "counter of an alert",
            "terraform/modules/observability/main.tf",
            "metric_name = \\\"lost\\\"",
            "metric_name = \\\"gone\\\"",
            "the program has no counter gone"),
        fault(
            "counter of the dashboard",
            "terraform/dashboards/overview.json.tftpl",
            "metric_name=\\\"folded\\\"",
            "metric_name=\\\"fold\\\"",
            "the program has no counter fold"),
        fault(
            "dashboard that is no JSON",
            "terraform/dashboards/overview.json.tftpl",
            "\"mosaicLayout\": {",
            "\"mosaicLayout\" {",
            "is no JSON"),
        fault(
            "path on the page",
            "docs/cloud.md",
            "terraform/environments/prod/terraform.tfvars.example",
            "terraform/environments/production/terraform.tfvars.example",
            "there is no terraform/environments/production"),
        fault(
            "variable on the page",
            "docs/cloud.md",
            "emails        =",
            "mails         =",
            "no environment has a variable mails"),
        fault(
            "variable missing on the page",
            "docs/cloud.md",
            "budget        = {",
            "# budget      = {",
            "does not say that budget is needed"),
        fault(
            "output on the page",
            "docs/cloud.md",
            ".platform.value.images",
            ".platform.value.repository",
            "the platform has no output repository"),
        fault(
            "link on the page",
            "docs/cloud.md",
            "operations.md#lag-and-health",
            "operations.md#lag",
            "links to operations.md"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void isFound(Fault fault) {
    Configuration wrong =
        Repository.configuration()
            .with(
                fault.file(),
                text -> {
                  int at = text.indexOf(fault.right());
                  return at < 0
                      ? text
                      : text.substring(0, at)
                          + fault.wrong()
                          + text.substring(at + fault.right().length());
                });
    assertThat(CHECKS.run(wrong), hasItem(containsString(fault.finding())));
  }

  @Test
  void faultsAreManyAndDifferent() {
    Set<String> titles = new HashSet<>();
    faults().forEach(fault -> titles.add(fault.title()));
    assertThat(titles.size(), greaterThan(100));
    assertThat(faults().size() - titles.size(), is(0));
  }
}
