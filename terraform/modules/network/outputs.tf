output "network" {
  description = "The network."
  value       = google_compute_network.this.id
}

output "subnetwork" {
  description = "The workers' subnetwork, as Dataflow wants it."
  value       = google_compute_subnetwork.workers.self_link
}

output "subnetwork_id" {
  description = "The workers' subnetwork, as other resources want it."
  value       = google_compute_subnetwork.workers.id
}
