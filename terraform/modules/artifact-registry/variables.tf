variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "repository" {
  description = "Name of the repository."
  type        = string
}

variable "kms_key" {
  description = "The key for images."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "readers" {
  description = "Members that pull images, by role."
  type        = map(string)
}

variable "writer" {
  description = "The member that pushes images: the launcher."
  type        = string
}
