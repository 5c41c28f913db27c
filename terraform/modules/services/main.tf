# What the project may use, who acts for Google's services in it (to let them use our keys), and what is audited.
locals {
  services = toset(concat(
    [
      "artifactregistry.googleapis.com",
      "bigquery.googleapis.com",
      "bigquerystorage.googleapis.com",
      "billingbudgets.googleapis.com",
      "cloudkms.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "compute.googleapis.com",
      "dataflow.googleapis.com",
      "dns.googleapis.com",
      "iam.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "pubsub.googleapis.com",
      "storage.googleapis.com",
    ],
    var.bigtable ? ["bigtable.googleapis.com", "bigtableadmin.googleapis.com"] : [],
    var.kafka ? ["managedkafka.googleapis.com"] : [],
  ))

  # Services whose agent exists only once it is asked for.
  agents = merge(
    {
      artifactregistry = "artifactregistry.googleapis.com"
      dataflow         = "dataflow.googleapis.com"
      pubsub           = "pubsub.googleapis.com"
    },
    var.bigtable ? { bigtable = "bigtableadmin.googleapis.com" } : {},
    var.kafka ? { managedkafka = "managedkafka.googleapis.com" } : {},
  )

  # Where personal data lies: who reads and writes it is written down, not only who administers.
  audited = toset([
    "bigquery.googleapis.com",
    "bigtable.googleapis.com",
    "cloudkms.googleapis.com",
    "dataflow.googleapis.com",
    "iam.googleapis.com",
    "pubsub.googleapis.com",
    "storage.googleapis.com",
  ])
}

resource "google_project_service" "used" {
  for_each = local.services

  project = var.project_id
  service = each.value
  # Others in the project may use it, too.
  disable_on_destroy = false
}

resource "google_project_service_identity" "agent" {
  provider = google-beta
  for_each = local.agents

  project = var.project_id
  service = each.value

  depends_on = [google_project_service.used]
}

data "google_project" "this" {
  project_id = var.project_id
}

data "google_storage_project_service_account" "agent" {
  project = var.project_id

  depends_on = [google_project_service.used]
}

data "google_bigquery_default_service_account" "agent" {
  project = var.project_id

  depends_on = [google_project_service.used]
}

data "google_logging_project_cmek_settings" "agent" {
  project = var.project_id

  depends_on = [google_project_service.used]
}

resource "google_project_iam_audit_config" "data_access" {
  for_each = local.audited

  project = var.project_id
  service = each.value

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
