variable "project_id" {
  description = "The project."
  type        = string
}

variable "project_number" {
  description = "The project's number, which budgets name it by."
  type        = string
}

variable "name" {
  description = "What display names begin with."
  type        = string
}

variable "dashboard" {
  description = "Title of the dashboard."
  type        = string
}

variable "job" {
  description = "Name of the live job."
  type        = string
}

variable "subscription" {
  description = "The log's subscription."
  type        = string
}

variable "undelivered" {
  description = "The subscription of what could not be delivered."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "dashboard_file" {
  description = "File of the dashboard, a template of JSON."
  type        = string
}

variable "emails" {
  description = "Who is called: at least one address."
  type        = list(string)

  validation {
    condition     = length(var.emails) > 0 && alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "emails has at least one address: an alert that calls nobody is none."
  }
}

variable "documentation" {
  description = "Where the pages under docs/ are published: a URL without a slash at its end. Alerts link to them."
  type        = string

  validation {
    condition     = can(regex("^https://.*[^/]$", var.documentation))
    error_message = "documentation is an https:// URL without a slash at its end."
  }
}

variable "limits" {
  description = "When somebody is called: freshness, lag and backlog of the job and age of the oldest message in seconds, dead letters in percent of the records read."
  type = object({
    freshness_seconds    = optional(number, 90000)
    lag_seconds          = optional(number, 300)
    backlog_seconds      = optional(number, 900)
    oldest_seconds       = optional(number, 900)
    dead_letters_percent = optional(number, 1)
  })
  default = {}

  validation {
    condition     = alltrue([for limit in values(var.limits) : limit > 0])
    error_message = "limits are more than 0."
  }
}

variable "budget" {
  description = "What a month may cost, and whose account pays."
  type = object({
    billing_account = string
    currency        = string
    amount          = number
  })

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account)) && var.budget.amount >= 1
    error_message = "budget.billing_account is like 012345-6789AB-CDEF01, and budget.amount is 1 or more."
  }
}
