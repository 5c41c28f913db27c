output "sink" {
  description = "The sink."
  value       = google_logging_project_sink.audit.id
}

output "bucket" {
  description = "The log bucket."
  value       = google_logging_project_bucket_config.audit.id
}
