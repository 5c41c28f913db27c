variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "job" {
  description = "Name of the job."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "launch" {
  description = "Whether the job runs. Without it there is only what it takes to launch it."
  type        = bool
}

variable "service_account" {
  description = "E-mail address of the account that the workers are."
  type        = string
}

variable "kms_key" {
  description = "The key for the job's state and the workers' disks."
  type        = string
}

variable "subnetwork" {
  description = "The workers' subnetwork, as Dataflow wants it."
  type        = string
}

variable "work_bucket" {
  description = "The bucket of temporary and staged files, gs://…"
  type        = string
}

variable "max_workers" {
  description = "The most workers that autoscaling may use, each of them paid by the hour."
  type        = number

  validation {
    condition     = var.max_workers >= 1 && var.max_workers <= 1000
    error_message = "max_workers is 1 to 1000."
  }
}

variable "machine_type" {
  description = "What a worker is. The key histories of a shard must fit into its memory beside the caches."
  type        = string
  default     = "n2-standard-2"

  validation {
    condition     = can(regex("^[a-z][0-9a-z]*-[a-z]+-[0-9]+$", var.machine_type))
    error_message = "machine_type is one of Compute Engine's, such as n2-standard-2."
  }
}

variable "transform_name_mapping" {
  description = "For an update to a version that renamed transforms: old name to new name."
  type        = map(string)
  default     = {}
}

variable "template" {
  description = "The classic template, gs://…, as --templateLocation wrote it."
  type        = string
}

variable "parameters" {
  description = "The template's run-time options. All others were fixed when it was written."
  type        = map(string)
}
