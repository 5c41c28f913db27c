output "names" {
  description = "What everything is called."
  value       = local.names
}

output "views" {
  description = "The views: key column and first column of time."
  value       = local.views
}

output "tables" {
  description = "The tables of the views: <view>__g<generation>, with view and generation."
  value       = local.tables
}

output "labels" {
  description = "Labels of everything that can have some."
  value       = merge(var.labels, { app = var.name, environment = var.environment, managed_by = "terraform" })
}

output "log_retention" {
  description = "How long the log keeps messages, as Pub/Sub writes it."
  value       = "${var.log_retention_days * local.day}s"
}

output "archive_tiers" {
  description = "The archive's colder storage classes, in ascending order of age in days."
  value = [
    { storage_class = "NEARLINE", age = var.archive_tiers.nearline },
    { storage_class = "COLDLINE", age = var.archive_tiers.coldline },
    { storage_class = "ARCHIVE", age = var.archive_tiers.archive },
  ]
}

output "audit_retention_days" {
  description = "How many days the audit log is kept."
  value       = var.audit_retention_days
}

output "log_uri" {
  description = "The log as the option --log names it."
  value       = "pubsub://${var.project_id}/${local.names.subscription}"
}

output "view_uri" {
  description = "The views as the option --view names them."
  value       = "bigquery://${var.project_id}/${local.names.dataset}"
}

output "archive_uri" {
  description = "The archive as the option --to and a log's URI name it."
  value       = "archive+gs://${local.names.archive_bucket}/${local.names.archive_prefix}"
}
