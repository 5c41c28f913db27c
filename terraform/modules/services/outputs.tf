output "service_agents" {
  description = "Members that act for Google's services in this project, by the name of the key that they use."
  value = merge(
    { for name, agent in google_project_service_identity.agent : name => agent.member },
    {
      storage  = data.google_storage_project_service_account.agent.member
      bigquery = data.google_bigquery_default_service_account.agent.member
      logging  = "serviceAccount:${data.google_logging_project_cmek_settings.agent.service_account_id}"
      compute  = "serviceAccount:service-${data.google_project.this.number}@compute-system.iam.gserviceaccount.com"
    },
  )
}

output "project_number" {
  description = "The project's number, which budgets name it by."
  value       = data.google_project.this.number
}
