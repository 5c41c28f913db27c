output "job_id" {
  description = "The job's id; null if it is not launched."
  value       = one(google_dataflow_job.fraud[*].job_id)
}

output "state" {
  description = "The job's state; null if it is not launched."
  value       = one(google_dataflow_job.fraud[*].state)
}
