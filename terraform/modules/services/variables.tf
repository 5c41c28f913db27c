variable "project_id" {
  description = "The project."
  type        = string
}

variable "kafka" {
  description = "Whether the project uses Managed Service for Apache Kafka."
  type        = bool
}

variable "bigtable" {
  description = "Whether the project uses Bigtable."
  type        = bool
}
