variable "project_id" {
  description = "The Google Cloud project that everything is created in. It has to exist and to have billing."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers, for example europe-west1."
  type        = string
}

variable "zone" {
  description = "The zone of Bigtable's cluster, in the region. Used only if bigtable is true."
  type        = string
  default     = null

  validation {
    condition     = !var.bigtable || try(startswith(var.zone, "${var.region}-"), false)
    error_message = "zone is a zone of the region, such as europe-west1-b, if bigtable is true."
  }
}

variable "name" {
  description = "What all names begin with."
  type        = string
  default     = "kappa"
}

variable "environment" {
  description = "Which environment this is: dev or prod."
  type        = string
}

variable "labels" {
  description = "Further labels of everything that can have some."
  type        = map(string)
  default     = {}
}

variable "topic" {
  description = "The log: name of the topic, and of the subscription that the live job reads."
  type        = string
  default     = "transactions"
}

variable "generations" {
  description = "Which generations of the views have tables that Terraform protects. A replay makes those of a new one itself: import them after the promotion, take out a retired one."
  type        = list(number)
  default     = [1]
}

variable "partitioning" {
  description = "How BigQuery's tables are partitioned by time: DAY or NONE."
  type        = string
  default     = "DAY"
}

variable "bigtable" {
  description = "Whether there is a Bigtable instance for the views: needed for the replay lifecycle, which BigQuery does not keep yet. A node is paid by the hour."
  type        = bool
  default     = false
}

variable "bigtable_max_nodes" {
  description = "The most nodes of Bigtable's cluster."
  type        = number
  default     = 3
}

variable "kafka" {
  description = "Whether there is a cluster of Managed Service for Apache Kafka as the log, beside Pub/Sub. Paid by the hour."
  type        = bool
  default     = false
}

variable "internet_access" {
  description = "Whether workers reach the internet through NAT: for a log or registry outside of Google Cloud, Kinesis for one."
  type        = bool
  default     = false
}

variable "producers" {
  description = "Members that write the log, such as serviceAccount:payments@my-project.iam.gserviceaccount.com."
  type        = list(string)
  default     = []
}

variable "launchers" {
  description = "Who may launch jobs: a group, or a deployment's own account."
  type        = list(string)
  default     = []
}

variable "operators" {
  description = "Who may replay, promote and retire."
  type        = list(string)
  default     = []
}

variable "launch" {
  description = "Whether the live job runs, from the Flex template. Before there is an image: false."
  type        = bool
  default     = false

  validation {
    condition     = !var.launch || var.image_tag != null
    error_message = "image_tag is needed to launch: push an image first."
  }
}

variable "image_tag" {
  description = "The tag of the launcher's image kappa-fraud in this environment's repository; null as long as there is none."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null ? true : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag is a tag that says which version it is, not latest."
  }
}

variable "classic_template" {
  description = "A classic template, gs://…, to run the live job from instead of the Flex template; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.classic_template == null || (try(startswith(var.classic_template, "gs://"), false) && !var.launch)
    error_message = "classic_template is a file gs://…, and launch is false then: one log needs one live job."
  }
}

variable "parameters" {
  description = "Further options of the job by their names on the command line. log and view are those of this environment unless they are given."
  type        = map(string)
  default     = {}
}

variable "max_workers" {
  description = "The most workers of the live job."
  type        = number
  default     = 4
}

variable "machine_type" {
  description = "What a worker of the live job is."
  type        = string
  default     = "n2-standard-2"
}

variable "transform_name_mapping" {
  description = "For an update to a version that renamed transforms: old name to new name."
  type        = map(string)
  default     = {}
}

variable "audit_retention_days" {
  description = "How many days the audit log is kept. Locked: it cannot be shortened."
  type        = number
  default     = 400
}

variable "emails" {
  description = "Who is called: at least one address."
  type        = list(string)
}

variable "documentation" {
  description = "Where the pages under docs/ are published: an https:// URL without a slash at its end. Alerts link to them."
  type        = string
}

variable "budget" {
  description = "What a month may cost, and whose account pays."
  type = object({
    billing_account = string
    currency        = string
    amount          = number
  })
}

variable "limits" {
  description = "When somebody is called; what is left out has the default of module observability."
  type = object({
    freshness_seconds    = optional(number)
    lag_seconds          = optional(number)
    backlog_seconds      = optional(number)
    oldest_seconds       = optional(number)
    dead_letters_percent = optional(number)
  })
  default = {}
}
