output "container_spec" {
  description = "The template, for gcloud dataflow flex-template run."
  value       = "gs://${google_storage_bucket_object.spec.bucket}/${google_storage_bucket_object.spec.name}"
}

output "job_id" {
  description = "The job's id; null if it is not launched."
  value       = one(google_dataflow_flex_template_job.fraud[*].job_id)
}

output "state" {
  description = "The job's state; null if it is not launched."
  value       = one(google_dataflow_flex_template_job.fraud[*].state)
}
