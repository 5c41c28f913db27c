# The archive: the log's cold tier. No retention_policy: `kappa archive` writes a manifest under another name and
# renames it, which on Cloud Storage is copy and delete, and a locked retention would refuse the delete and with it every
# commit. What protects the files instead: no rule deletes, deleted and overwritten ones are kept as versions, whole
# buckets can be had back for 90 days, and only the replayer's account may write.
resource "google_storage_bucket" "archive" {
  project                     = var.project_id
  name                        = var.archive_bucket
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  encryption {
    default_kms_key_name = var.kms_key
  }

  versioning {
    enabled = true
  }

  soft_delete_policy {
    retention_duration_seconds = 7776000
  }

  lifecycle_rule {
    condition {
      age                   = var.tiers[0].age
      matches_storage_class = ["STANDARD"]
    }
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
  }

  lifecycle_rule {
    condition {
      age                   = var.tiers[1].age
      matches_storage_class = ["NEARLINE"]
    }
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
  }

  lifecycle_rule {
    condition {
      age                   = var.tiers[2].age
      matches_storage_class = ["COLDLINE"]
    }
    action {
      type          = "SetStorageClass"
      storage_class = "ARCHIVE"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Staged and temporary files of jobs: worth nothing when the job has ended.
resource "google_storage_bucket" "work" {
  project                     = var.project_id
  name                        = var.work_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  encryption {
    default_kms_key_name = var.kms_key
  }

  # Dataflow's temporary files must not be kept after their deletion: that costs, and helps nobody.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    condition {
      age            = 30
      matches_prefix = ["tmp/"]
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }
}

resource "google_storage_bucket" "templates" {
  project                     = var.project_id
  name                        = var.template_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  encryption {
    default_kms_key_name = var.kms_key
  }

  versioning {
    enabled = true
  }
}

resource "google_storage_bucket_iam_member" "archive_reader" {
  bucket = google_storage_bucket.archive.name
  role   = "roles/storage.objectViewer"
  member = var.worker
}

# Creates, reads, renames; cannot change the bucket or who may use it.
resource "google_storage_bucket_iam_member" "archiver" {
  bucket = google_storage_bucket.archive.name
  role   = "roles/storage.objectUser"
  member = var.replayer
}

resource "google_storage_bucket_iam_member" "work" {
  for_each = {
    worker   = var.worker
    replayer = var.replayer
    launcher = var.launcher
  }

  bucket = google_storage_bucket.work.name
  role   = "roles/storage.objectUser"
  member = each.value
}

resource "google_storage_bucket_iam_member" "templates" {
  for_each = {
    worker   = var.worker
    replayer = var.replayer
    launcher = var.launcher
  }

  bucket = google_storage_bucket.templates.name
  role   = "roles/storage.objectViewer"
  member = each.value
}
