# The live job from a Flex template: the launcher's image builds the graph, with the options below.
locals {
  spec = jsonencode(merge(jsondecode(file(var.container_spec)), { image = var.image }))
}

resource "google_storage_bucket_object" "spec" {
  bucket       = var.template_bucket
  name         = "fraud-${substr(sha256(local.spec), 0, 16)}.flex.json"
  content_type = "application/json"
  content      = local.spec
}

resource "google_dataflow_flex_template_job" "fraud" {
  provider = google-beta
  count    = var.launch ? 1 : 0

  project = var.project_id
  region  = var.region
  name    = var.job
  labels  = var.labels
  # Another spec or image is another path, and so an update of the job.
  container_spec_gcs_path = "gs://${google_storage_bucket_object.spec.bucket}/${google_storage_bucket_object.spec.name}"
  parameters              = local.parameters

  service_account_email   = var.service_account
  kms_key_name            = var.kms_key
  subnetwork              = var.subnetwork
  ip_configuration        = "WORKER_IP_PRIVATE"
  temp_location           = "${var.work_bucket}/tmp"
  staging_location        = "${var.work_bucket}/staging"
  machine_type            = var.machine_type
  launcher_machine_type   = "n2-standard-2"
  max_workers             = var.max_workers
  autoscaling_algorithm   = "THROUGHPUT_BASED"
  enable_streaming_engine = true
  transform_name_mapping  = var.transform_name_mapping

  # What was read is finished and written before the job goes; cancelled jobs read it again.
  on_delete                    = "drain"
  skip_wait_on_job_termination = false
}
