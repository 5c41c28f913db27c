variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of the keys, which is that of the data."
  type        = string
}

variable "key_ring" {
  description = "Name of the key ring. It stays for ever: Google deletes none."
  type        = string
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
}

variable "service_agents" {
  description = "Members that act for Google's services, by name of the key: one key per service."
  type        = map(string)
}
