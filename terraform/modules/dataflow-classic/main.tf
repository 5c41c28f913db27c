# The live job from a classic template: the graph was built when the template was written, nothing but Dataflow is needed
# to start it.
resource "google_dataflow_job" "fraud" {
  count = var.launch ? 1 : 0

  project           = var.project_id
  region            = var.region
  name              = var.job
  labels            = var.labels
  template_gcs_path = var.template
  temp_gcs_location = "${var.work_bucket}/tmp"
  parameters        = var.parameters

  service_account_email   = var.service_account
  kms_key_name            = var.kms_key
  subnetwork              = var.subnetwork
  ip_configuration        = "WORKER_IP_PRIVATE"
  machine_type            = var.machine_type
  max_workers             = var.max_workers
  enable_streaming_engine = true
  transform_name_mapping  = var.transform_name_mapping

  # What was read is finished and written before the job goes; cancelled jobs read it again.
  on_delete                    = "drain"
  skip_wait_on_job_termination = false
}
