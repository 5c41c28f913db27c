# One environment: all modules, wired. What it is called is worked out in the contract, what protects it in the modules.
locals {
  root = "${path.module}/../.."

  parameters = merge(
    {
      log        = module.contract.log_uri
      view       = var.bigtable ? module.bigtable[0].view_uri : "${module.contract.view_uri}?partition=${lower(var.partitioning)}"
      generation = tostring(max(var.generations...))
    },
    var.parameters,
  )

  # Before there is an image, the template names one that will be.
  image = "${module.artifact_registry.url}/kappa-fraud:${coalesce(var.image_tag, "none-yet")}"
}

module "contract" {
  source = "../modules/contract"

  project_id           = var.project_id
  region               = var.region
  name                 = var.name
  environment          = var.environment
  topic                = var.topic
  generations          = var.generations
  labels               = var.labels
  audit_retention_days = var.audit_retention_days
}

module "services" {
  source = "../modules/services"

  project_id = var.project_id
  kafka      = var.kafka
  bigtable   = var.bigtable
}

module "kms" {
  source = "../modules/kms"

  project_id     = var.project_id
  region         = var.region
  key_ring       = module.contract.names.key_ring
  labels         = module.contract.labels
  service_agents = module.services.service_agents

  # A key ring says nothing of services, and yet needs one.
  depends_on = [module.services]
}

module "network" {
  source = "../modules/network"

  project_id      = var.project_id
  region          = var.region
  name            = module.contract.names.network
  internet_access = var.internet_access

  depends_on = [module.services]
}

module "identity" {
  source = "../modules/identity"

  project_id  = var.project_id
  prefix      = module.contract.names.service_account
  role_prefix = module.contract.names.custom_role_stem
  launchers   = var.launchers
  operators   = var.operators

  depends_on = [module.services]
}

module "pubsub" {
  source = "../modules/pubsub"

  project_id    = var.project_id
  region        = var.region
  topic         = module.contract.names.topic
  subscription  = module.contract.names.subscription
  dead_letter   = module.contract.names.dead_letter
  retention     = module.contract.log_retention
  kms_key       = module.kms.key_ids["pubsub"]
  service_agent = module.services.service_agents["pubsub"]
  labels        = module.contract.labels
  worker        = module.identity.members["worker"]
  replayer      = module.identity.members["replayer"]
  producers     = var.producers
}

module "event_log" {
  source = "../modules/event-log"

  project_id      = var.project_id
  region          = var.region
  archive_bucket  = module.contract.names.archive_bucket
  work_bucket     = module.contract.names.work_bucket
  template_bucket = module.contract.names.template_bucket
  kms_key         = module.kms.key_ids["storage"]
  labels          = module.contract.labels
  tiers           = module.contract.archive_tiers
  worker          = module.identity.members["worker"]
  replayer        = module.identity.members["replayer"]
  launcher        = module.identity.members["launcher"]
}

module "bigquery" {
  source = "../modules/bigquery"

  project_id   = var.project_id
  region       = var.region
  dataset      = module.contract.names.dataset
  kms_key      = module.kms.key_ids["bigquery"]
  labels       = module.contract.labels
  tables       = module.contract.tables
  views        = module.contract.views
  schemas      = "${local.root}/terraform/schemas"
  partitioning = var.partitioning
  worker       = module.identity.members["worker"]
  replayer     = module.identity.members["replayer"]
  reader       = module.identity.members["reader"]
}

module "bigtable" {
  source = "../modules/bigtable"
  count  = var.bigtable ? 1 : 0

  project_id  = var.project_id
  zone        = var.zone
  instance    = module.contract.names.bigtable
  kms_key     = module.kms.key_ids["bigtable"]
  labels      = module.contract.labels
  tables      = module.contract.tables
  role_prefix = module.contract.names.custom_role_stem
  max_nodes   = var.bigtable_max_nodes
  worker      = module.identity.members["worker"]
  replayer    = module.identity.members["replayer"]
  reader      = module.identity.members["reader"]
}

module "kafka" {
  source = "../modules/kafka"
  count  = var.kafka ? 1 : 0

  project_id = var.project_id
  region     = var.region
  cluster    = module.contract.names.kafka
  topic      = module.contract.names.topic
  kms_key    = module.kms.key_ids["managedkafka"]
  subnetwork = module.network.subnetwork_id
  labels     = module.contract.labels
  members = {
    worker   = module.identity.members["worker"]
    replayer = module.identity.members["replayer"]
  }
}

module "artifact_registry" {
  source = "../modules/artifact-registry"

  project_id = var.project_id
  region     = var.region
  repository = module.contract.names.repository
  kms_key    = module.kms.key_ids["artifactregistry"]
  labels     = module.contract.labels
  readers = {
    worker   = module.identity.members["worker"]
    replayer = module.identity.members["replayer"]
  }
  writer = module.identity.members["launcher"]
}

module "dataflow_flex" {
  source = "../modules/dataflow-flex"

  project_id             = var.project_id
  region                 = var.region
  job                    = module.contract.names.job
  labels                 = module.contract.labels
  launch                 = var.launch
  image                  = local.image
  container_spec         = "${local.root}/runner-profiles/dataflow/templates/fraud.flex.json"
  template_bucket        = module.event_log.templates
  work_bucket            = module.event_log.work
  service_account        = module.identity.emails["worker"]
  kms_key                = module.kms.key_ids["dataflow"]
  subnetwork             = module.network.subnetwork
  machine_type           = var.machine_type
  max_workers            = var.max_workers
  transform_name_mapping = var.transform_name_mapping
  parameters             = local.parameters
  parameter_names        = keys(local.parameters)

  # A job that starts before its rights are there fails on them.
  depends_on = [module.pubsub, module.bigquery, module.bigtable, module.kafka, module.artifact_registry]
}

module "dataflow_classic" {
  source = "../modules/dataflow-classic"
  count  = var.classic_template == null ? 0 : 1

  project_id             = var.project_id
  region                 = var.region
  job                    = module.contract.names.job
  labels                 = module.contract.labels
  launch                 = true
  template               = var.classic_template
  work_bucket            = module.event_log.work
  service_account        = module.identity.emails["worker"]
  kms_key                = module.kms.key_ids["dataflow"]
  subnetwork             = module.network.subnetwork
  machine_type           = var.machine_type
  max_workers            = var.max_workers
  transform_name_mapping = var.transform_name_mapping
  parameters             = var.parameters

  depends_on = [module.pubsub, module.bigquery, module.bigtable, module.kafka]
}

module "observability" {
  source = "../modules/observability"

  project_id     = var.project_id
  project_number = module.services.project_number
  name           = module.contract.names.monitoring
  dashboard      = module.contract.names.dashboard
  dashboard_file = "${local.root}/terraform/dashboards/overview.json.tftpl"
  job            = module.contract.names.job
  subscription   = module.pubsub.subscription
  undelivered    = module.pubsub.undelivered
  labels         = module.contract.labels
  emails         = var.emails
  documentation  = var.documentation
  limits         = var.limits
  budget         = var.budget

  depends_on = [module.services]
}

module "audit" {
  source = "../modules/audit"

  project_id     = var.project_id
  region         = var.region
  bucket         = module.contract.names.audit_bucket
  kms_key        = module.kms.key_ids["logging"]
  retention_days = module.contract.audit_retention_days

  depends_on = [module.services]
}
