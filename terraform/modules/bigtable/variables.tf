variable "project_id" {
  description = "The project."
  type        = string
}

variable "zone" {
  description = "The zone of the one cluster that is written to: conditional writes need one."
  type        = string
}

variable "instance" {
  description = "Name of the instance."
  type        = string
}

variable "kms_key" {
  description = "The key for tables."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "tables" {
  description = "The tables: <view>__g<generation>, with view and generation."
  type        = map(object({ view = string, generation = number }))
}

variable "role_prefix" {
  description = "What the ids of our own roles begin with."
  type        = string
}

variable "max_nodes" {
  description = "The most nodes that autoscaling may use, each of them paid by the hour."
  type        = number
}

variable "worker" {
  description = "The member that runs the live job."
  type        = string
}

variable "replayer" {
  description = "The member that builds and retires generations."
  type        = string
}

variable "reader" {
  description = "The member that reads the views."
  type        = string
}
