output "emails" {
  description = "E-mail addresses of the accounts by role: worker, launcher, replayer, reader."
  value       = { for name, account in google_service_account.role : name => account.email }
}

output "members" {
  description = "The accounts by role, as IAM names members."
  value       = { for name, account in google_service_account.role : name => account.member }
}

output "unique_ids" {
  description = "Numbers of the accounts by role, by which another cloud knows them."
  value       = { for name, account in google_service_account.role : name => account.unique_id }
}
