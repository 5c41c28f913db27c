output "bootstrap" {
  description = "The brokers, as clients name them."
  value       = "bootstrap.${google_managed_kafka_cluster.log.cluster_id}.${var.region}.managedkafka.${var.project_id}.cloud.goog:9092"
}

output "log_uri" {
  description = "The log as the option --log names it."
  value       = "kafka://bootstrap.${google_managed_kafka_cluster.log.cluster_id}.${var.region}.managedkafka.${var.project_id}.cloud.goog:9092/${google_managed_kafka_topic.log.topic_id}"
}
