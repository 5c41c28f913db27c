variable "google_worker_id" {
  description = "Unique id of the Google service account that reads the stream: output worker_id of module platform."
  type        = string
}

variable "stream" {
  description = "Name of the stream."
  type        = string
  default     = "transactions"

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{1,128}$", var.stream))
    error_message = "stream has 1 to 128 letters, digits, underscores, dots and hyphens."
  }
}

variable "retention_hours" {
  description = "How many hours records are kept: 24 to 8760, which is a year. More than a day is paid for."
  type        = number
  default     = 8760

  validation {
    condition     = var.retention_hours >= 168 && var.retention_hours <= 8760
    error_message = "retention_hours is 168 to 8760: below a week there is no time to replay, and Kinesis keeps nothing for longer than a year."
  }
}

variable "iterator_age_seconds" {
  description = "How far behind its end the stream may be read before somebody is called."
  type        = number
  default     = 600

  validation {
    condition     = var.iterator_age_seconds >= 60
    error_message = "iterator_age_seconds is 60 or more: CloudWatch counts by the minute."
  }
}

variable "alarm_email" {
  description = "Who is called."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))
    error_message = "alarm_email is an address."
  }
}

variable "documentation" {
  description = "Where the pages under docs/ are published: a URL without a slash at its end."
  type        = string

  validation {
    condition     = can(regex("^https://.*[^/]$", var.documentation))
    error_message = "documentation is an https:// URL without a slash at its end."
  }
}

variable "tags" {
  description = "Tags of everything that can have some."
  type        = map(string)
  default     = {}
}
