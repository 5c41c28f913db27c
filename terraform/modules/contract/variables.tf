variable "project_id" {
  description = "The Google Cloud project that everything is created in. It has to exist and to have billing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the project's id (6 to 30 small letters, digits, hyphens), not its name or number."
  }
}

variable "region" {
  description = "The region of data, keys and workers, for example europe-west1. Data never leaves it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a region such as europe-west1, not a zone and not a multi-region."
  }
}

variable "name" {
  description = "What all names begin with. Service accounts leave it 12 characters."
  type        = string
  default     = "kappa"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,10}[a-z0-9]$", var.name))
    error_message = "name has 3 to 12 small letters, digits and hyphens, and begins with a letter."
  }
}

variable "environment" {
  description = "Which environment this is: dev or prod. It is a part of every name."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "environment is dev or prod."
  }
}

variable "topic" {
  description = "The log: name of the topic, and of the subscription that the live job reads."
  type        = string
  default     = "transactions"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,60}$", var.topic)) && !startswith(var.topic, "goog")
    error_message = "topic has 3 to 61 small letters, digits and hyphens, and does not begin with goog."
  }
}

variable "log_retention_days" {
  description = "How many days Pub/Sub keeps messages, read or not. 31 is the most; what is older is in the archive."
  type        = number
  default     = 31

  validation {
    condition     = var.log_retention_days >= 7 && var.log_retention_days <= 31
    error_message = "log_retention_days is 7 to 31: below a week there is no time to archive, above a month Pub/Sub refuses."
  }
}

variable "archive_tiers" {
  description = "After how many days files of the archive move to a colder, cheaper storage class. They are never deleted."
  type = object({
    nearline = number
    coldline = number
    archive  = number
  })
  default = {
    nearline = 30
    coldline = 90
    archive  = 365
  }

  validation {
    condition     = 0 < var.archive_tiers.nearline && var.archive_tiers.nearline < var.archive_tiers.coldline && var.archive_tiers.coldline < var.archive_tiers.archive
    error_message = "archive_tiers ascend: 0 < nearline < coldline < archive, in days."
  }
}

variable "audit_retention_days" {
  description = "How many days the audit log is kept. It is locked: nobody can shorten it afterwards."
  type        = number
  default     = 400

  validation {
    condition     = var.audit_retention_days >= 365 && var.audit_retention_days <= 3650
    error_message = "audit_retention_days is 365 to 3650."
  }
}

variable "generations" {
  description = "Which generations of the views have tables that Terraform protects. A replay makes those of a new one itself: import them after the promotion, take out a retired one."
  type        = list(number)
  default     = [1]

  validation {
    condition     = length(var.generations) > 0 && length(distinct(var.generations)) == length(var.generations) && alltrue([for g in var.generations : g >= 1 && floor(g) == g])
    error_message = "generations are different whole numbers from 1."
  }
}

variable "labels" {
  description = "Further labels of everything that can have some."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for k, v in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", k)) && can(regex("^[a-z0-9_-]{0,63}$", v))])
    error_message = "labels are small letters, digits, hyphens and underscores."
  }
}
