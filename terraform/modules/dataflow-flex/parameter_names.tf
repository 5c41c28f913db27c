# Terraform drops attributes that an object type does not have, without a word. So a mistyped option is caught by its name.
variable "parameter_names" {
  description = "The names of the options that are given, as they were written."
  type        = list(string)

  validation {
    condition     = length(setsubtract(var.parameter_names, keys(var.parameters))) == 0
    error_message = "Not an option of the job: ${join(", ", setsubtract(var.parameter_names, keys(var.parameters)))}. The options are ${join(", ", keys(var.parameters))}."
  }
}
