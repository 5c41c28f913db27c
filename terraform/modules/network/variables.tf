variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of the workers."
  type        = string
}

variable "name" {
  description = "Name of the network, and what the names of its parts begin with."
  type        = string
}

variable "cidr" {
  description = "Private addresses of the workers: one per worker."
  type        = string
  default     = "10.77.0.0/20"

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "cidr is a private IPv4 range such as 10.77.0.0/20."
  }
}

variable "internet_access" {
  description = "Whether workers reach the internet through NAT: needed for a log or registry outside of Google Cloud, Kinesis for one."
  type        = bool
  default     = false
}
