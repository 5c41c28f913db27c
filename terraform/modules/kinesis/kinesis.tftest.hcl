mock_provider "aws" {
  # Nothing is made, so nothing has to be destroyed, which the module forbids.
  override_during = plan

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-central-1:123456789012:key/1"
    }
  }
  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:eu-central-1:123456789012:alarms"
    }
  }
}

variables {
  google_worker_id = "100000000000000000001"
  alarm_email      = "people@example.com"
  documentation    = "https://example.com/kappa/docs"
}

run "encrypts_and_keeps_a_year" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.log.encryption_type == "KMS" && aws_kinesis_stream.log.kms_key_id == aws_kms_key.log.arn
    error_message = "The stream is not encrypted with our key."
  }
  assert {
    condition     = aws_kinesis_stream.log.retention_period == 8760
    error_message = "A year is 8760 hours."
  }
  assert {
    condition     = aws_kms_key.log.enable_key_rotation && aws_kms_key.log.rotation_period_in_days == 90
    error_message = "The key does not rotate every 90 days."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.iterator_age.threshold == 600000
    error_message = "CloudWatch counts the age in milliseconds."
  }
}

run "refuses_a_retention_of_a_day" {
  command = plan
  variables {
    retention_hours = 24
  }
  expect_failures = [var.retention_hours]
}

run "refuses_more_than_a_year" {
  command = plan
  variables {
    retention_hours = 8761
  }
  expect_failures = [var.retention_hours]
}

run "refuses_a_page_without_tls" {
  command = plan
  variables {
    documentation = "http://example.com/docs"
  }
  expect_failures = [var.documentation]
}
