# Made from the program's options: see docs/options.md. Not to be edited.

variable "parameters" {
  description = "The options of the pilot, by their names; docs/options.md explains them."
  type = object({
    # The log to read: kafka://, pubsub://, kinesis://, archive:// or tiered:; --help shows one of each.
    log = string
    # The store to keep views in: sqlite:, postgresql://, cassandra://, bigtable:// or bigquery://; --help shows one of each.
    view = string
    # How far event time may lie behind log time (7d, 12h, 30m, 45s or ISO-8601); a record that is later becomes a dead letter TOO_LATE.
    allowedLateness = optional(string)
    # How far event time may lie ahead of log time; a record that is earlier becomes a dead letter TOO_EARLY.
    allowedSkew = optional(string)
    # Where to begin: earliest, latest, or a log time (2018-04-01T00:00:00Z).
    from = optional(string)
    # Which build of the views to write: tables are named <view>__g<generation>.
    generation = optional(string)
    # A properties file for the log's client (security and the like). Values may refer to secrets as ${env:NAME} or ${file:PATH}.
    logProperties = optional(string)
    # The largest record that is decoded, in bytes; larger ones become dead letters.
    maxRecordBytes = optional(string)
    # The most records a second to read, per worker process; 0 is no limit. Keeps a replay from taking log and store away from the live job.
    maxRecordsPerSecond = optional(string)
    # How all messages of the log are written. Needed for AVRO_PLAIN and PROTOBUF_PLAIN; any other format is recognised by each message's first bytes, and a log may mix them.
    messageFormat = optional(string)
    # AVRO_PLAIN only: a file with the Avro schema the messages were written with, if it is not the newest of ours.
    messageSchema = optional(string)
    # LIVE reads the log as it grows and corrects rows as events arrive; SLICE reads a part of it as a bounded collection and writes every row once (needs --until).
    readMode = optional(string)
    # The registered schemas as an earlier run pinned them, JSON or a file with it; no registry is asked then, and no other schema is known.
    schemaPins = optional(string)
    # A properties file for the registry's client: basic.auth.user.info, bearer.auth.token, ssl.truststore.location and the like; secrets as ${env:NAME} or ${file:PATH}.
    schemaRegistryProperties = optional(string)
    # The schema registry that messages in Confluent's wire format name their schemas by: http(s)://host:port, Apicurio's with /apis/ccompat/v7.
    schemaRegistryUrl = optional(string)
    # SLICE only: the registry's subjects whose versions are pinned, with commas between them. Without it: <topic>-value, the record's full name, <topic>-<record's full name>.
    schemaSubjects = optional(string)
    # Into how many hash classes keys are grouped between stages. More spread work wider, fewer make larger batches. Part of a run's identity: keep it when resuming from state.
    shards = optional(string)
    # SLICE only: into how many ranges to split at least; 0 leaves it to the runner.
    sliceRanges = optional(string)
    # Where to stop: never, latest (as of the start), or a log time.
    until = optional(string)
  })

  validation {
    condition     = can(regex("^.+$", var.parameters.log))
    error_message = "parameters.log is needed."
  }

  validation {
    condition     = can(regex("^.+$", var.parameters.view))
    error_message = "parameters.view is needed."
  }

  validation {
    condition     = var.parameters.generation == null ? true : can(regex("^[0-9]{1,9}$", var.parameters.generation))
    error_message = "parameters.generation has to match ^[0-9]{1,9}$."
  }

  validation {
    condition     = var.parameters.maxRecordBytes == null ? true : can(regex("^[0-9]{1,9}$", var.parameters.maxRecordBytes))
    error_message = "parameters.maxRecordBytes has to match ^[0-9]{1,9}$."
  }

  validation {
    condition     = var.parameters.maxRecordsPerSecond == null ? true : can(regex("^[0-9]{1,18}$", var.parameters.maxRecordsPerSecond))
    error_message = "parameters.maxRecordsPerSecond has to match ^[0-9]{1,18}$."
  }

  validation {
    condition     = var.parameters.messageFormat == null ? true : can(regex("^(AVRO|AVRO_PLAIN|AVRO_CONFLUENT|PROTOBUF_PLAIN|PROTOBUF_CONFLUENT|JSON)$", var.parameters.messageFormat))
    error_message = "parameters.messageFormat has to match ^(AVRO|AVRO_PLAIN|AVRO_CONFLUENT|PROTOBUF_PLAIN|PROTOBUF_CONFLUENT|JSON)$."
  }

  validation {
    condition     = var.parameters.readMode == null ? true : can(regex("^(LIVE|SLICE)$", var.parameters.readMode))
    error_message = "parameters.readMode has to match ^(LIVE|SLICE)$."
  }

  validation {
    condition     = var.parameters.shards == null ? true : can(regex("^[0-9]{1,9}$", var.parameters.shards))
    error_message = "parameters.shards has to match ^[0-9]{1,9}$."
  }

  validation {
    condition     = var.parameters.sliceRanges == null ? true : can(regex("^[0-9]{1,9}$", var.parameters.sliceRanges))
    error_message = "parameters.sliceRanges has to match ^[0-9]{1,9}$."
  }
}

locals {
  # What nobody has chosen is left to the program.
  parameters = { for name, value in var.parameters : name => value if value != null }
}
