variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "topic" {
  description = "The log's topic."
  type        = string
}

variable "subscription" {
  description = "The subscription that the live job reads."
  type        = string
}

variable "dead_letter" {
  description = "Topic and subscription of what could not be delivered."
  type        = string
}

variable "retention" {
  description = "How long messages are kept, read or not, such as 2678400s."
  type        = string
}

variable "kms_key" {
  description = "The key for messages."
  type        = string
}

variable "service_agent" {
  description = "The member that acts for Pub/Sub: it forwards what cannot be delivered."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "worker" {
  description = "The member that runs the live job."
  type        = string
}

variable "replayer" {
  description = "The member that runs replays."
  type        = string
}

variable "producers" {
  description = "Members that write the log."
  type        = list(string)
}
