# Who read, changed or administered what, kept where none of those can delete it.
resource "google_logging_project_bucket_config" "audit" {
  project        = var.project_id
  location       = var.region
  bucket_id      = var.bucket
  description    = "Audit log of data, keys, jobs and access."
  retention_days = var.retention_days
  locked         = true

  cmek_settings {
    kms_key_name = var.kms_key
  }

  index_configs {
    field_path = "protoPayload.authenticationInfo.principalEmail"
    type       = "INDEX_TYPE_STRING"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# A bucket of the same project needs no grant for the sink.
resource "google_logging_project_sink" "audit" {
  project                = var.project_id
  name                   = var.bucket
  description            = "The audit log into a bucket with a locked retention."
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.audit.id}"
  unique_writer_identity = true
  filter                 = <<-EOT
    logName:"cloudaudit.googleapis.com"
    AND protoPayload.serviceName=("bigquery.googleapis.com" OR "bigtable.googleapis.com" OR "bigtableadmin.googleapis.com"
      OR "cloudkms.googleapis.com" OR "cloudresourcemanager.googleapis.com" OR "dataflow.googleapis.com" OR "iam.googleapis.com"
      OR "iamcredentials.googleapis.com" OR "logging.googleapis.com" OR "pubsub.googleapis.com" OR "storage.googleapis.com")
  EOT
}
