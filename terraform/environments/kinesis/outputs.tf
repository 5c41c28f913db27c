output "kinesis" {
  description = "The stream, the role that reads it, and the rights of a producer."
  value       = module.kinesis
}
