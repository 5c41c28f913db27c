variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "Where the audit log is kept."
  type        = string
}

variable "bucket" {
  description = "Name of the log bucket."
  type        = string
}

variable "kms_key" {
  description = "The key for the audit log."
  type        = string
}

variable "retention_days" {
  description = "How many days the audit log is kept. Locked: nobody can shorten it afterwards, the owner of the project included."
  type        = number

  validation {
    condition     = var.retention_days >= 365
    error_message = "retention_days is 365 or more."
  }
}
