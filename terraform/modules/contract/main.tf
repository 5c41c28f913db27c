# Every name, period and limit that several modules share, worked out once and without any provider, so that
# `terraform test` proves it on any machine.
locals {
  day    = 86400
  prefix = "${var.name}-${var.environment}"

  # <view>__g<generation>, as the job names its tables.
  tables = {
    for pair in setproduct(keys(local.views), var.generations) :
    "${pair[0]}__g${pair[1]}" => { view = pair[0], generation = pair[1] }
  }

  # The fraud pilot's views: key column, and the first column of type TIMESTAMP.
  views = {
    scored_transactions = { key = "transaction_id", time = "event_time" }
    alerts              = { key = "alert_id", time = "event_time" }
    dead_letters        = { key = "position", time = "log_time" }
  }

  names = {
    # A topic and its subscription are called alike, as `kappa simulate` would create them.
    topic            = var.topic
    subscription     = var.topic
    dead_letter      = "${var.topic}-undelivered"
    archive_bucket   = "${var.project_id}-${local.prefix}-log"
    work_bucket      = "${var.project_id}-${local.prefix}-work"
    template_bucket  = "${var.project_id}-${local.prefix}-templates"
    dataset          = replace("${local.prefix}_views", "-", "_")
    bigtable         = "${local.prefix}-views"
    kafka            = "${local.prefix}-log"
    repository       = "${local.prefix}-images"
    job              = "${local.prefix}-fraud"
    audit_bucket     = "${local.prefix}-audit"
    network          = "${local.prefix}-net"
    key_ring         = "${local.prefix}-keys"
    service_account  = local.prefix
    archive_prefix   = var.topic
    dashboard        = "${local.prefix}: log, views, job"
    notification     = "${local.prefix}: people on call"
    budget           = "${local.prefix}: monthly"
    monitoring       = local.prefix
    custom_role_stem = replace(local.prefix, "-", "_")
  }
}
