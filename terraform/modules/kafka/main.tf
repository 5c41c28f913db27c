# The log on Managed Service for Apache Kafka, reached by private addresses in the workers' subnetwork only.
resource "google_managed_kafka_cluster" "log" {
  project    = var.project_id
  cluster_id = var.cluster
  location   = var.region
  labels     = var.labels

  capacity_config {
    vcpu_count   = var.vcpus
    memory_bytes = var.vcpus * 4 * 1024 * 1024 * 1024
  }

  gcp_config {
    kms_key = var.kms_key

    access_config {
      network_configs {
        subnet = var.subnetwork
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# What the topic must be like: docs/operations.md.
resource "google_managed_kafka_topic" "log" {
  project            = var.project_id
  cluster            = google_managed_kafka_cluster.log.cluster_id
  location           = var.region
  topic_id           = var.topic
  partition_count    = var.partitions
  replication_factor = 3
  configs = {
    "cleanup.policy"         = "delete"
    "retention.ms"           = "-1"
    "retention.bytes"        = "-1"
    "message.timestamp.type" = "LogAppendTime"
    "min.insync.replicas"    = "2"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The service has no access by cluster or topic in IAM; ACLs of Kafka can narrow it further.
resource "google_project_iam_member" "client" {
  for_each = var.members

  project = var.project_id
  role    = "roles/managedkafka.client"
  member  = each.value
}
