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
