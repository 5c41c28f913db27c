output "log" {
  description = "The log as the option --log names it."
  value       = local.parameters["log"]
}

output "view" {
  description = "The views as the option --view names them."
  value       = local.parameters["view"]
}

output "archive" {
  description = "The archive as the option --to and a log's URI name it."
  value       = module.contract.archive_uri
}

output "kafka_log" {
  description = "The log on Kafka as the option --log names it; null if there is no cluster."
  value       = one(module.kafka[*].log_uri)
}

output "images" {
  description = "What names of images begin with."
  value       = module.artifact_registry.url
}

output "container_spec" {
  description = "The Flex template, gs://…"
  value       = module.dataflow_flex.container_spec
}

output "job" {
  description = "Name of the live job."
  value       = module.contract.names.job
}

output "job_id" {
  description = "The live job's id; null if it is not launched."
  value       = try(coalesce(module.dataflow_flex.job_id, one(module.dataflow_classic[*].job_id)), null)
}

output "service_accounts" {
  description = "E-mail addresses of the accounts by role: worker, launcher, replayer, reader."
  value       = module.identity.emails
}

output "worker_id" {
  description = "Unique id of the worker's account, which a role in AWS trusts."
  value       = module.identity.unique_ids["worker"]
}

output "subnetwork" {
  description = "The workers' subnetwork, as --subnetwork wants it."
  value       = module.network.subnetwork
}

output "dataflow_key" {
  description = "The key of jobs, as --dataflowKmsKey wants it."
  value       = module.kms.key_ids["dataflow"]
}

output "work_bucket" {
  description = "The bucket of temporary and staged files, gs://…"
  value       = module.event_log.work
}

output "dashboard" {
  description = "The dashboard."
  value       = module.observability.dashboard
}
