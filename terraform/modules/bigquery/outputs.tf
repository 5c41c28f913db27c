output "dataset" {
  description = "The dataset of the views."
  value       = google_bigquery_dataset.views.dataset_id
}

output "tables" {
  description = "The tables by name."
  value       = { for name, table in google_bigquery_table.generation : name => table.id }
}
