variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "cluster" {
  description = "Name of the cluster."
  type        = string
}

variable "topic" {
  description = "The log's topic."
  type        = string
}

variable "kms_key" {
  description = "The key for records."
  type        = string
}

variable "subnetwork" {
  description = "The subnetwork that brokers have addresses in."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "members" {
  description = "Members that read or write the log, by role."
  type        = map(string)
}

variable "vcpus" {
  description = "Virtual CPUs of the brokers together, at least 3."
  type        = number
  default     = 3

  validation {
    condition     = var.vcpus >= 3
    error_message = "vcpus is 3 or more."
  }
}

variable "partitions" {
  description = "Partitions of the topic: at least the parallelism of the live job."
  type        = number
  default     = 16

  validation {
    condition     = var.partitions >= 1
    error_message = "partitions is 1 or more."
  }
}
