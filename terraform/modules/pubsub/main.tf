# The log. A topic without a schema on purpose: a log may mix formats and versions, which the job tells apart, and a
# message that a schema refused would be known to its producer only, not to the dead letters.
resource "google_pubsub_topic" "log" {
  project                    = var.project_id
  name                       = var.topic
  kms_key_name               = var.kms_key
  message_retention_duration = var.retention
  labels                     = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.region]
    enforce_in_transit          = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_pubsub_subscription" "live" {
  project = var.project_id
  name    = var.subscription
  topic   = google_pubsub_topic.log.id
  labels  = var.labels

  # The lease that the job's reader asks for; it renews it until a checkpoint is durable.
  ack_deadline_seconds       = 60
  message_retention_duration = var.retention
  # A snapshot or a seek can reach what was read already.
  retain_acked_messages = true
  # No result depends on the order, and ordered delivery waits for checkpoints.
  enable_message_ordering = false

  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # What the job refuses is a row of dead_letters and acknowledged. Here ends only what no checkpoint could ever cover:
  # at the last of the attempts that Pub/Sub can count, and somebody is called.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.undelivered.id
    max_delivery_attempts = 100
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_pubsub_topic" "undelivered" {
  project                    = var.project_id
  name                       = var.dead_letter
  kms_key_name               = var.kms_key
  message_retention_duration = var.retention
  labels                     = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.region]
    enforce_in_transit          = true
  }
}

# Without a subscription the topic would drop what it is given.
resource "google_pubsub_subscription" "undelivered" {
  project = var.project_id
  name    = var.dead_letter
  topic   = google_pubsub_topic.undelivered.id
  labels  = var.labels

  ack_deadline_seconds       = 60
  message_retention_duration = var.retention
  retain_acked_messages      = true

  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
}

# Pub/Sub itself forwards: it publishes to the one topic and acknowledges in the other's subscription.
resource "google_pubsub_topic_iam_member" "forward" {
  project = var.project_id
  topic   = google_pubsub_topic.undelivered.name
  role    = "roles/pubsub.publisher"
  member  = var.service_agent
}

resource "google_pubsub_subscription_iam_member" "forward" {
  project      = var.project_id
  subscription = google_pubsub_subscription.live.name
  role         = "roles/pubsub.subscriber"
  member       = var.service_agent
}

# The job pulls, acknowledges, and asks which topic the subscription belongs to.
resource "google_pubsub_subscription_iam_member" "worker" {
  for_each = toset(["roles/pubsub.subscriber", "roles/pubsub.viewer"])

  project      = var.project_id
  subscription = google_pubsub_subscription.live.name
  role         = each.value
  member       = var.worker
}

# A replay subscribes to the topic, reads its own subscription, and takes snapshots of the live one. Who may consume the
# live subscription may also seek it; the program never does.
resource "google_pubsub_topic_iam_member" "replayer" {
  project = var.project_id
  topic   = google_pubsub_topic.log.name
  role    = "roles/pubsub.subscriber"
  member  = var.replayer
}

resource "google_pubsub_subscription_iam_member" "replayer" {
  project      = var.project_id
  subscription = google_pubsub_subscription.live.name
  role         = "roles/pubsub.subscriber"
  member       = var.replayer
}

resource "google_pubsub_topic_iam_member" "producer" {
  for_each = toset(var.producers)

  project = var.project_id
  topic   = google_pubsub_topic.log.name
  role    = "roles/pubsub.publisher"
  member  = each.value
}
