variable "project_id" {
  description = "The project that everything is created in. It has to exist and to have billing."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers, for example europe-west1."
  type        = string
}

variable "emails" {
  description = "Who is called: at least one address."
  type        = list(string)
}

variable "documentation" {
  description = "Where the pages under docs/ are published: an https:// URL without a slash at its end."
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

variable "launch" {
  description = "Whether the live job runs. The first time: false, until an image is pushed."
  type        = bool
  default     = false
}

variable "image_tag" {
  description = "The tag of the launcher's image; null as long as there is none."
  type        = string
  default     = null
}

variable "parameters" {
  description = "Further options of the job by their names on the command line."
  type        = map(string)
  default     = {}
}

variable "zone" {
  description = "The zone of Bigtable's cluster, in the region; needed if bigtable is true."
  type        = string
  default     = null
}

variable "bigtable" {
  description = "Whether there is a Bigtable instance for the views: needed for the replay lifecycle."
  type        = bool
  default     = true
}

variable "kafka" {
  description = "Whether there is a Kafka cluster as the log, beside Pub/Sub."
  type        = bool
  default     = false
}

variable "internet_access" {
  description = "Whether workers reach the internet through NAT."
  type        = bool
  default     = false
}

variable "generations" {
  description = "Which generations of the views have tables that Terraform protects; a new one's are imported after its promotion."
  type        = list(number)
  default     = [1]
}

variable "producers" {
  description = "Members that write the log."
  type        = list(string)
}

variable "launchers" {
  description = "Who may launch jobs."
  type        = list(string)
}

variable "operators" {
  description = "Who may replay, promote and retire."
  type        = list(string)
}
