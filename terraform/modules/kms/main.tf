# A key per service, so that one can be taken away without the others, and each is used by its own service only.
resource "google_kms_key_ring" "keys" {
  project  = var.project_id
  name     = var.key_ring
  location = var.region
}

resource "google_kms_crypto_key" "key" {
  for_each = var.service_agents

  name            = each.key
  key_ring        = google_kms_key_ring.keys.id
  purpose         = "ENCRYPT_DECRYPT"
  rotation_period = "7776000s" # 90 days
  # A month in which a key that was destroyed by mistake can be had back.
  destroy_scheduled_duration = "2592000s"
  labels                     = var.labels

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }

  lifecycle {
    # Without its key, the log is noise.
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key_iam_member" "agent" {
  for_each = var.service_agents

  crypto_key_id = google_kms_crypto_key.key[each.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

# Dataflow's workers are virtual machines: their disks and the service's state are encrypted with Dataflow's key.
resource "google_kms_crypto_key_iam_member" "dataflow_disks" {
  crypto_key_id = google_kms_crypto_key.key["dataflow"].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = var.service_agents["compute"]
}
