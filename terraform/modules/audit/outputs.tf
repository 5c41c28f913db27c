output "writer_identity" {
  description = "Who writes the audit log."
  value       = google_logging_project_sink.audit.writer_identity
}

output "bucket" {
  description = "The log bucket."
  value       = google_logging_project_bucket_config.audit.id
}
