# The views in Bigtable: an instance with one cluster, and the tables as the job makes them, so that it finds them.
resource "google_bigtable_instance" "views" {
  project             = var.project_id
  name                = var.instance
  display_name        = var.instance
  labels              = var.labels
  force_destroy       = false
  deletion_protection = true

  cluster {
    cluster_id   = "${var.instance}-c1"
    zone         = var.zone
    storage_type = "SSD"
    kms_key_name = var.kms_key

    autoscaling_config {
      min_nodes  = 1
      max_nodes  = var.max_nodes
      cpu_target = 60
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  # Rows begin with one of 16 salt bytes, so that writers are spread from the first row on.
  salts = ["\u0001", "\u0002", "\u0003", "\u0004", "\u0005", "\u0006", "\u0007", "\u0008", "\u0009", "\u000a", "\u000b", "\u000c", "\u000d", "\u000e", "\u000f"]

  # Pointers of the views, and the texts of the replay lifecycle.
  control = toset(["kappa_control", "kappa_views"])

  families = merge(
    { for table in keys(var.tables) : "${table} v" => { table = table, family = "v" } },
    { for table in keys(var.tables) : "${table} m" => { table = table, family = "m" } },
  )
}

resource "google_bigtable_table" "generation" {
  for_each = var.tables

  project             = var.project_id
  instance_name       = google_bigtable_instance.views.name
  name                = each.key
  split_keys          = local.salts
  deletion_protection = "PROTECTED"

  column_family {
    family = "v"
  }
  column_family {
    family = "m"
  }

  automated_backup_policy {
    frequency        = "24h"
    retention_period = "168h"
  }

  lifecycle {
    # Only a new table can be split.
    ignore_changes = [split_keys]
  }
}

resource "google_bigtable_table" "control" {
  for_each = local.control

  project             = var.project_id
  instance_name       = google_bigtable_instance.views.name
  name                = each.value
  deletion_protection = "PROTECTED"

  column_family {
    family = "m"
  }

  automated_backup_policy {
    frequency        = "24h"
    retention_period = "168h"
  }
}

# The evidence is the timestamp of a cell: the newest version is the row, older ones are of no use.
resource "google_bigtable_gc_policy" "generation" {
  for_each = local.families

  project         = var.project_id
  instance_name   = google_bigtable_instance.views.name
  table           = google_bigtable_table.generation[each.value.table].name
  column_family   = each.value.family
  deletion_policy = "ABANDON"

  max_version {
    number = 1
  }
}

resource "google_bigtable_gc_policy" "control" {
  for_each = local.control

  project         = var.project_id
  instance_name   = google_bigtable_instance.views.name
  table           = google_bigtable_table.control[each.value].name
  column_family   = "m"
  deletion_policy = "ABANDON"

  max_version {
    number = 1
  }
}

resource "google_bigtable_app_profile" "job" {
  project        = var.project_id
  instance       = google_bigtable_instance.views.name
  app_profile_id = "kappa"

  single_cluster_routing {
    cluster_id                 = "${var.instance}-c1"
    allow_transactional_writes = true
  }
}

# To make a generation's tables, without what else roles/bigtable.admin can do.
resource "google_project_iam_custom_role" "tables" {
  project     = var.project_id
  role_id     = "${var.role_prefix}_bigtable_tables"
  title       = "Make tables in Bigtable"
  description = "What the job asks Bigtable's administration for; cannot change or delete an instance or its access."
  permissions = [
    "bigtable.tables.create",
    "bigtable.tables.get",
    "bigtable.tables.list",
  ]
}

resource "google_project_iam_custom_role" "retire" {
  project     = var.project_id
  role_id     = "${var.role_prefix}_bigtable_retire"
  title       = "Drop tables in Bigtable"
  description = "To retire a generation."
  permissions = ["bigtable.tables.delete"]
}

resource "google_bigtable_instance_iam_member" "worker" {
  for_each = {
    data   = "roles/bigtable.user"
    tables = google_project_iam_custom_role.tables.name
  }

  project  = var.project_id
  instance = google_bigtable_instance.views.name
  role     = each.value
  member   = var.worker
}

resource "google_bigtable_instance_iam_member" "replayer" {
  for_each = {
    data   = "roles/bigtable.user"
    tables = google_project_iam_custom_role.tables.name
    retire = google_project_iam_custom_role.retire.name
  }

  project  = var.project_id
  instance = google_bigtable_instance.views.name
  role     = each.value
  member   = var.replayer
}

resource "google_bigtable_instance_iam_member" "reader" {
  project  = var.project_id
  instance = google_bigtable_instance.views.name
  role     = "roles/bigtable.reader"
  member   = var.reader
}
