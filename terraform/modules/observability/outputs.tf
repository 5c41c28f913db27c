output "dashboard" {
  description = "The dashboard."
  value       = google_monitoring_dashboard.overview.id
}

output "alerts" {
  description = "The alert policies."
  value       = concat([for alert in google_monitoring_alert_policy.limit : alert.name], [google_monitoring_alert_policy.dead_letters.name, google_monitoring_alert_policy.errors.name])
}

output "channels" {
  description = "Who is called."
  value       = [for channel in google_monitoring_notification_channel.people : channel.name]
}
