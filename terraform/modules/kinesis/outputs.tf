output "stream_arn" {
  description = "The stream."
  value       = aws_kinesis_stream.log.arn
}

output "reader_role_arn" {
  description = "The role that the job takes on by its Google identity."
  value       = aws_iam_role.reader.arn
}

output "writer_policy" {
  description = "The rights of a producer, to be attached to the producers' roles."
  value       = data.aws_iam_policy_document.write.json
}
