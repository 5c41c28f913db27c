variable "region" {
  description = "The region of the stream, for example eu-central-1."
  type        = string
}

variable "account_id" {
  description = "The AWS account: nothing is done in another one by mistake."
  type        = string
}

variable "stream" {
  description = "Name of the stream."
  type        = string
  default     = "transactions"
}

variable "google_worker_id" {
  description = "Unique id of the Google service account that reads the stream: worker_id of the platform."
  type        = string
}

variable "alarm_email" {
  description = "Who is called."
  type        = string
}

variable "documentation" {
  description = "Where the pages under docs/ are published: an https:// URL without a slash at its end."
  type        = string
}
