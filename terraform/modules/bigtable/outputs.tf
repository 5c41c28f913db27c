output "instance" {
  description = "The instance of the views."
  value       = google_bigtable_instance.views.name
}

output "view_uri" {
  description = "The views as the option --view names them."
  value       = "bigtable://${var.project_id}/${google_bigtable_instance.views.name}?appProfile=${google_bigtable_app_profile.job.app_profile_id}"
}
