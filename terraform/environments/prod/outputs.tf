output "platform" {
  description = "What this environment is made of: log, view, archive, images, accounts, job."
  value       = module.platform
}
