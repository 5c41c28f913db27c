output "topic" {
  description = "The log's topic."
  value       = google_pubsub_topic.log.id
}

output "subscription" {
  description = "The subscription that the live job reads."
  value       = google_pubsub_subscription.live.name
}

output "undelivered" {
  description = "The subscription of what could not be delivered."
  value       = google_pubsub_subscription.undelivered.name
}
