variable "project_id" {
  description = "The project."
  type        = string
}

variable "region" {
  description = "The region of data, keys and workers."
  type        = string
}

variable "dataset" {
  description = "The dataset of the views."
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

variable "views" {
  description = "The views: key column and first column of time."
  type        = map(object({ key = string, time = string }))
}

variable "schemas" {
  description = "Directory of the views' schemas, <view>.json, which are generated from the Java code."
  type        = string
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

variable "partitioning" {
  description = "How tables are partitioned by time: DAY, or NONE for history of more than ten years, which BigQuery refuses to stream into days. Give the job the same by ?partition= in --view."
  type        = string
  default     = "DAY"

  validation {
    condition     = contains(["DAY", "NONE"], var.partitioning)
    error_message = "partitioning is DAY or NONE."
  }
}
