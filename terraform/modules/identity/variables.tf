variable "project_id" {
  description = "The project."
  type        = string
}

variable "prefix" {
  description = "What the accounts' names begin with: at most 18 characters."
  type        = string
}

variable "role_prefix" {
  description = "What the ids of our own roles begin with: letters, digits, underscores."
  type        = string
}

variable "launchers" {
  description = "Who may launch jobs as the launcher, such as group:data@example.com or a deployment's own account."
  type        = list(string)
}

variable "operators" {
  description = "Who may act as replayer: plan, replay, promote, retire."
  type        = list(string)
}
