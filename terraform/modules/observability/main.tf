# What people look at and are called by. Each alert says what to do: a link into docs/operations.md.
locals {
  job_filter = "resource.type = \"dataflow_job\" AND resource.labels.job_name = \"${var.job}\""

  alerts = {
    freshness = {
      title    = "views are stale"
      meaning  = "The data watermark is too far behind: readers see old rows. It stands allowedLateness behind log time even when all is well, so the limit includes that."
      filter   = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/data_watermark_age\""
      limit    = var.limits.freshness_seconds
      duration = "300s"
      aligner  = "ALIGN_MAX"
      severity = "ERROR"
      runbook  = "operations.md#lag-and-health"
    }
    lag = {
      title    = "records wait"
      meaning  = "An element has waited too long for its processing: the job does not keep up."
      filter   = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/system_lag\""
      limit    = var.limits.lag_seconds
      duration = "300s"
      aligner  = "ALIGN_MAX"
      severity = "WARNING"
      runbook  = "operations.md#lag-and-health"
    }
    backlog = {
      title    = "backlog grows"
      meaning  = "At its present speed the job would need too long for what is waiting."
      filter   = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/estimated_backlog_processing_time\""
      limit    = var.limits.backlog_seconds
      duration = "600s"
      aligner  = "ALIGN_MAX"
      severity = "WARNING"
      runbook  = "operations.md#lag-and-health"
    }
    failed = {
      title    = "the job has failed"
      meaning  = "Nothing is lost: the log keeps what was not read. Nothing is up to date either."
      filter   = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/is_failed\""
      limit    = 0
      duration = "0s"
      aligner  = "ALIGN_MAX"
      severity = "CRITICAL"
      runbook  = "operations.md#restart"
    }
    lost = {
      title    = "corrections were lost"
      meaning  = "The watermark ran ahead of the log, and rows are wrong that should have been corrected. Replay into a new generation."
      filter   = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/user_counter\" AND metric.labels.metric_name = \"lost\""
      limit    = 0
      duration = "0s"
      aligner  = "ALIGN_MAX"
      severity = "CRITICAL"
      runbook  = "operations.md#change-the-logic-replay"
    }
    oldest = {
      title    = "the log is not read"
      meaning  = "The oldest message that no checkpoint covers is too old."
      filter   = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.subscription}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      limit    = var.limits.oldest_seconds
      duration = "300s"
      aligner  = "ALIGN_MAX"
      severity = "ERROR"
      runbook  = "operations.md#lag-and-health"
    }
    undelivered = {
      title    = "messages could not be delivered"
      meaning  = "Messages were tried a hundred times and put aside: no checkpoint covered them. They are not in the views until they are published again."
      filter   = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.undelivered}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      limit    = 0
      duration = "0s"
      aligner  = "ALIGN_MAX"
      severity = "CRITICAL"
      runbook  = "operations.md#dead-letters"
    }
  }
}

resource "google_monitoring_notification_channel" "people" {
  for_each = toset(var.emails)

  project      = var.project_id
  display_name = "${var.name}: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = var.labels
}

resource "google_monitoring_alert_policy" "limit" {
  for_each = local.alerts

  project               = var.project_id
  display_name          = "${var.name}: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.people : channel.name]
  user_labels           = var.labels

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.limit
      duration        = each.value.duration

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = each.value.aligner
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "${var.name}: ${each.value.title}"
    content   = "${each.value.meaning}\n\nWhat to do: ${var.documentation}/${each.value.runbook}"

    links {
      display_name = "What to do"
      url          = "${var.documentation}/${each.value.runbook}"
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

# The share of records that are refused. The counters are those of the job: dead, of all that it has read.
resource "google_monitoring_alert_policy" "dead_letters" {
  project               = var.project_id
  display_name          = "${var.name}: many dead letters"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [for channel in google_monitoring_notification_channel.people : channel.name]
  user_labels           = var.labels

  conditions {
    display_name = "many dead letters"

    condition_prometheus_query_language {
      query = <<-EOT
        100 * sum(delta({"dataflow.googleapis.com/job/user_counter", monitored_resource="dataflow_job", job_name="${var.job}", metric_name="dead"}[10m]))
          / sum(delta({"dataflow.googleapis.com/job/user_counter", monitored_resource="dataflow_job", job_name="${var.job}", metric_name="read"}[10m]))
          > ${var.limits.dead_letters_percent}
      EOT

      duration            = "300s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "${var.name}: many dead letters"
    content   = "More than ${var.limits.dead_letters_percent} % of the records of ten minutes were refused. The view dead_letters says which and why.\n\nWhat to do: ${var.documentation}/operations.md#dead-letters"

    links {
      display_name = "What to do"
      url          = "${var.documentation}/operations.md#dead-letters"
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

# Errors in the workers' log: the job goes on and retries, but not for ever.
resource "google_monitoring_alert_policy" "errors" {
  project               = var.project_id
  display_name          = "${var.name}: workers report errors"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [for channel in google_monitoring_notification_channel.people : channel.name]
  user_labels           = var.labels

  conditions {
    display_name = "workers report errors"

    condition_matched_log {
      filter = "resource.type=\"dataflow_step\" AND resource.labels.job_name=\"${var.job}\" AND severity>=ERROR"
    }
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "${var.name}: workers report errors"
    content   = "The job goes on, but retries. Its log says why, in one line.\n\nWhat to do: ${var.documentation}/operations.md#restart"

    links {
      display_name = "What to do"
      url          = "${var.documentation}/operations.md#restart"
    }
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }
}

# The promise to readers: in 99 of 100 five-minute windows of a month, the views are as fresh as the alert allows.
resource "google_monitoring_custom_service" "views" {
  project      = var.project_id
  service_id   = "${var.name}-views"
  display_name = "${var.name}: views"
  user_labels  = var.labels
}

resource "google_monitoring_slo" "freshness" {
  project             = var.project_id
  service             = google_monitoring_custom_service.views.service_id
  slo_id              = "${var.name}-freshness"
  display_name        = "Views are fresh"
  goal                = 0.99
  rolling_period_days = 28

  windows_based_sli {
    window_period = "300s"

    metric_mean_in_range {
      time_series = "${local.job_filter} AND metric.type = \"dataflow.googleapis.com/job/data_watermark_age\""

      range {
        min = 0
        max = var.limits.freshness_seconds
      }
    }
  }
}

resource "google_monitoring_dashboard" "overview" {
  project = var.project_id
  dashboard_json = templatefile(var.dashboard_file, {
    title        = var.dashboard
    job          = var.job
    subscription = var.subscription
    undelivered  = var.undelivered
  })
}

# A budget warns; it stops nothing. What it says comes by the same channels.
resource "google_billing_budget" "month" {
  billing_account = var.budget.billing_account
  display_name    = "${var.name}: a month"

  budget_filter {
    projects        = ["projects/${var.project_number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.amount)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 0.9
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.people : channel.id]
  }
}
