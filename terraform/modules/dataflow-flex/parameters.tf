# Generated from the options of the job (KappaOptions).

variable "parameters" {
  description = "The options of the job by their names on the command line; what is left out has its default."
  type = object({
    log                      = string
    logProperties            = optional(string)
    view                     = string
    generation               = optional(string)
    from                     = optional(string)
    until                    = optional(string)
    readMode                 = optional(string)
    sliceRanges              = optional(string)
    maxRecordsPerSecond      = optional(string)
    allowedLateness          = optional(string)
    allowedSkew              = optional(string)
    maxRecordBytes           = optional(string)
    messageFormat            = optional(string)
    messageSchema            = optional(string)
    schemaRegistryUrl        = optional(string)
    schemaRegistryProperties = optional(string)
    schemaSubjects           = optional(string)
    schemaPins               = optional(string)
    shards                   = optional(string)
  })

  validation {
    condition     = var.parameters.log != "" && var.parameters.view != ""
    error_message = "log and view are needed."
  }

  validation {
    condition     = contains(["LIVE", "SLICE"], coalesce(var.parameters.readMode, "LIVE"))
    error_message = "readMode is LIVE or SLICE."
  }
}

locals {
  parameters = { for k, v in var.parameters : k => v if v != null }
}
