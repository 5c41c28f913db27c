output "key_ids" {
  description = "Ids of the keys by service. Known only once the service may use its key."
  value       = { for name, key in google_kms_crypto_key.key : name => key.id }

  depends_on = [google_kms_crypto_key_iam_member.agent, google_kms_crypto_key_iam_member.dataflow_disks]
}
