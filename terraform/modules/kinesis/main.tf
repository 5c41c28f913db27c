# The log as a Kinesis stream, for producers in AWS. The job reads it from Google Cloud without a key of AWS: its service
# account's identity token is exchanged for short-lived credentials of the role below.
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "OwnersAdministerTheKey"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  # The alarm's topic is encrypted with the same key.
  statement {
    sid       = "CloudWatchTellsTheTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "log" {
  description             = "Records of stream ${var.stream}"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  rotation_period_in_days = 90
  deletion_window_in_days = 30
  tags                    = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "log" {
  name          = "alias/kappa-${var.stream}"
  target_key_id = aws_kms_key.log.key_id
}

resource "aws_kinesis_stream" "log" {
  name                      = var.stream
  retention_period          = var.retention_hours
  encryption_type           = "KMS"
  kms_key_id                = aws_kms_key.log.arn
  enforce_consumer_deletion = false
  tags                      = var.tags

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["accounts.google.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:sub"
      values   = [var.google_worker_id]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid = "ReadTheStream"
    actions = [
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ]
    resources = [aws_kinesis_stream.log.arn]
  }
  statement {
    sid       = "DecryptRecords"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.log.arn]
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    sid = "WriteTheStream"
    actions = [
      "kinesis:DescribeStreamSummary",
      "kinesis:ListShards",
      "kinesis:PutRecords",
    ]
    resources = [aws_kinesis_stream.log.arn]
  }
  statement {
    sid       = "EncryptRecords"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.log.arn]
  }
}

resource "aws_iam_role" "reader" {
  name                 = "kappa-${var.stream}-reader"
  description          = "The job on Google Cloud that reads stream ${var.stream}."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy" "read" {
  name   = "read-${var.stream}"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_sns_topic" "alarm" {
  name              = "kappa-${var.stream}-alarms"
  kms_master_key_id = aws_kms_key.log.arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "alarm" {
  topic_arn = aws_sns_topic.alarm.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_metric_alarm" "iterator_age" {
  alarm_name          = "kappa-${var.stream}-iterator-age"
  alarm_description   = "The stream is read too far behind its end. What to do: ${var.documentation}/operations.md#lag-and-health"
  namespace           = "AWS/Kinesis"
  metric_name         = "GetRecords.IteratorAgeMilliseconds"
  statistic           = "Maximum"
  dimensions          = { StreamName = aws_kinesis_stream.log.name }
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.iterator_age_seconds * 1000
  period              = 60
  evaluation_periods  = 5
  # Nobody reads: that is an alarm, too.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.alarm.arn]
  ok_actions         = [aws_sns_topic.alarm.arn]
  tags               = var.tags
}

resource "aws_cloudwatch_metric_alarm" "write_throttled" {
  alarm_name          = "kappa-${var.stream}-write-throttled"
  alarm_description   = "Producers are slowed down: the stream does not grow as fast as they do. What to do: ${var.documentation}/connectors/kinesis.md#guarantees"
  namespace           = "AWS/Kinesis"
  metric_name         = "WriteProvisionedThroughputExceeded"
  statistic           = "Sum"
  dimensions          = { StreamName = aws_kinesis_stream.log.name }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarm.arn]
  tags                = var.tags
}
