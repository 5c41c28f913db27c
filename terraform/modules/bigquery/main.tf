# The views' dataset and the tables of their generations. What people read, the logical view <view>, is the pointer: it is
# made and moved by the job and by `promote`, never by Terraform.
resource "google_bigquery_dataset" "views" {
  project                    = var.project_id
  dataset_id                 = var.dataset
  location                   = var.region
  description                = "Views of the log: tables <view>__g<generation>, and a pointer <view> that people query."
  labels                     = var.labels
  delete_contents_on_destroy = false
  max_time_travel_hours      = 168

  default_encryption_configuration {
    kms_key_name = var.kms_key
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_bigquery_table" "generation" {
  for_each = var.tables

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.views.dataset_id
  table_id            = each.key
  schema              = file("${var.schemas}/${each.value.view}.json")
  clustering          = [var.views[each.value.view].key]
  deletion_protection = true
  labels = merge(var.labels, {
    kappa_view       = each.value.view
    kappa_generation = tostring(each.value.generation)
  })

  # Read by key as well as by time: the comparison of generations, and the pointer, which has no filter of its own.
  require_partition_filter = false

  dynamic "time_partitioning" {
    for_each = var.partitioning == "NONE" ? [] : [var.partitioning]

    content {
      type  = time_partitioning.value
      field = var.views[each.value.view].time
    }
  }

  table_constraints {
    primary_key {
      columns = [var.views[each.value.view].key]
    }
  }

  encryption_configuration {
    kms_key_name = var.kms_key
  }

  lifecycle {
    # A newer job adds columns to the tables it finds. An older schema file must not take them away.
    ignore_changes = [schema]
  }
}

# Tables and rows of this dataset, nothing of other datasets; the right to ask queries is in module identity.
resource "google_bigquery_dataset_iam_member" "worker" {
  project    = var.project_id
  dataset_id = google_bigquery_dataset.views.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = var.worker
}

resource "google_bigquery_dataset_iam_member" "replayer" {
  project    = var.project_id
  dataset_id = google_bigquery_dataset.views.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = var.replayer
}

resource "google_bigquery_dataset_iam_member" "reader" {
  project    = var.project_id
  dataset_id = google_bigquery_dataset.views.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = var.reader
}
