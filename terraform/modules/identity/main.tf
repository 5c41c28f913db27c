# A service account per role, without keys: people and machines act as one of them, for as long as they may.
# What each may do with a resource stands in the module that owns the resource; here is only what has no owner.
locals {
  accounts = {
    worker   = "Runs the live job: reads the log, writes the views."
    launcher = "Launches, updates, drains and cancels jobs; reads no data."
    replayer = "Runs replays: subscriptions and generations of its own, archive files."
    reader   = "Reads the views; for dashboards and notebooks."
  }
}

resource "google_service_account" "role" {
  for_each = local.accounts

  project      = var.project_id
  account_id   = "${var.prefix}-${each.key}"
  display_name = "${var.prefix} ${each.key}"
  description  = each.value
}

resource "google_project_iam_member" "job" {
  for_each = {
    for pair in setproduct(["worker", "replayer"], ["roles/dataflow.worker", "roles/monitoring.metricWriter"]) :
    "${pair[0]} ${pair[1]}" => { account = pair[0], role = pair[1] }
  }

  project = var.project_id
  role    = each.value.role
  member  = google_service_account.role[each.value.account].member
}

resource "google_project_iam_member" "launcher" {
  project = var.project_id
  role    = "roles/dataflow.developer"
  member  = google_service_account.role["launcher"].member
}

resource "google_project_iam_member" "replayer" {
  project = var.project_id
  role    = "roles/dataflow.developer"
  member  = google_service_account.role["replayer"].member
}

# Queries are paid for by the project, so the right to ask them belongs to it.
resource "google_project_iam_member" "queries" {
  for_each = toset(["worker", "replayer", "reader"])

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.role[each.key].member
}

# Who launches a job lends it the job's account.
resource "google_service_account_iam_member" "launch_as" {
  for_each = toset(["worker", "replayer"])

  service_account_id = google_service_account.role[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.role["launcher"].member
}

# A Flex template's launcher runs as the job's account, and starts the job as that account.
resource "google_service_account_iam_member" "launch_as_itself" {
  for_each = toset(["worker", "replayer"])

  service_account_id = google_service_account.role[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.role[each.key].member
}

resource "google_project_iam_custom_role" "start_job" {
  project     = var.project_id
  role_id     = "${var.role_prefix}_start_job"
  title       = "Start a Dataflow job"
  description = "What a Flex template's launcher needs besides a worker's rights; cannot cancel, drain or update."
  permissions = [
    "dataflow.jobs.create",
    "dataflow.jobs.get",
    "dataflow.jobs.list",
    "dataflow.messages.list",
  ]
}

resource "google_project_iam_member" "start_job" {
  project = var.project_id
  role    = google_project_iam_custom_role.start_job.name
  member  = google_service_account.role["worker"].member
}

# People take short-lived tokens of an account; there is no key that could leak.
resource "google_service_account_iam_member" "launchers" {
  for_each = toset(var.launchers)

  service_account_id = google_service_account.role["launcher"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value
}

resource "google_service_account_iam_member" "operators" {
  for_each = toset(var.operators)

  service_account_id = google_service_account.role["replayer"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value
}

# PubsubReplay: a snapshot of the live subscription, and a new subscription that is sought to it. roles/pubsub.editor
# could do it as well, and publish to the log and delete it besides. Rights to create are the project's, having no resource yet.
resource "google_project_iam_custom_role" "replay_pubsub" {
  project     = var.project_id
  role_id     = "${var.role_prefix}_replay_pubsub"
  title       = "Replay a Pub/Sub log"
  description = "Snapshots and subscriptions for replays; cannot publish, nor delete a topic or subscription."
  permissions = [
    "pubsub.snapshots.create",
    "pubsub.snapshots.delete",
    "pubsub.snapshots.get",
    "pubsub.snapshots.list",
    "pubsub.snapshots.seek",
    "pubsub.subscriptions.consume",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.list",
    "pubsub.topics.get",
  ]
}

resource "google_project_iam_member" "replay_pubsub" {
  project = var.project_id
  role    = google_project_iam_custom_role.replay_pubsub.name
  member  = google_service_account.role["replayer"].member
}
