variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "archive_bucket" {
  description = "Name of the archive's bucket."
  type        = string
}

variable "work_bucket" {
  description = "Name of the bucket of jobs' temporary and staged files."
  type        = string
}

variable "template_bucket" {
  description = "Name of the bucket of templates."
  type        = string
}

variable "kms_key" {
  description = "The key for files."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "tiers" {
  description = "Colder storage classes of the archive in ascending order of age in days."
  type        = list(object({ storage_class = string, age = number }))
}

variable "worker" {
  description = "The member that runs the live job: reads the archive."
  type        = string
}

variable "replayer" {
  description = "The member that archives and replays: writes the archive."
  type        = string
}

variable "launcher" {
  description = "The member that launches jobs: reads templates, stages files."
  type        = string
}
