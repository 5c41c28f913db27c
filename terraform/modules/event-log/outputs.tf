output "archive" {
  description = "The archive's bucket, gs://…"
  value       = google_storage_bucket.archive.url
}

output "work" {
  description = "The bucket of jobs' temporary and staged files, gs://…"
  value       = google_storage_bucket.work.url
}

output "templates" {
  description = "Name of the bucket of templates."
  value       = google_storage_bucket.templates.name
}
