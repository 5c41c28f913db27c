variables {
  project_id  = "my-project"
  region      = "europe-west1"
  environment = "dev"
}

run "names_what_the_job_names" {
  command = plan

  assert {
    condition     = output.log_uri == "pubsub://my-project/transactions"
    error_message = "The log is not named as --log expects: ${output.log_uri}"
  }
  assert {
    condition     = output.view_uri == "bigquery://my-project/kappa_dev_views"
    error_message = "The views are not named as --view expects: ${output.view_uri}"
  }
  assert {
    condition     = output.archive_uri == "archive+gs://my-project-kappa-dev-log/transactions"
    error_message = "The archive is not named as --to expects: ${output.archive_uri}"
  }
  assert {
    condition     = output.log_retention == "2678400s"
    error_message = "31 days are 2678400 seconds."
  }
}

run "gives_each_generation_its_tables" {
  command = plan
  variables {
    generations = [1, 2]
  }

  assert {
    condition     = length(output.tables) == 6 && output.tables["alerts__g2"].view == "alerts" && output.tables["alerts__g2"].generation == 2
    error_message = "Two generations of three views are six tables."
  }
}

run "moves_the_archive_to_colder_classes_in_order" {
  command = plan

  assert {
    condition     = join(" ", [for tier in output.archive_tiers : tier.storage_class]) == "NEARLINE COLDLINE ARCHIVE"
    error_message = "The tiers do not ascend."
  }
}

run "labels_cannot_hide_who_manages" {
  command = plan
  variables {
    labels = { team = "risk", managed_by = "hand" }
  }

  assert {
    condition     = output.labels.managed_by == "terraform" && output.labels.team == "risk"
    error_message = "Labels of ours come last."
  }
}

run "refuses_a_zone_as_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "refuses_a_project_number" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "refuses_tiers_out_of_order" {
  command = plan
  variables {
    archive_tiers = { nearline = 90, coldline = 30, archive = 365 }
  }
  expect_failures = [var.archive_tiers]
}

run "refuses_a_log_that_forgets_within_a_week" {
  command = plan
  variables {
    log_retention_days = 6
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_an_audit_log_of_less_than_a_year" {
  command = plan
  variables {
    audit_retention_days = 30
  }
  expect_failures = [var.audit_retention_days]
}

run "refuses_a_generation_twice" {
  command = plan
  variables {
    generations = [1, 1]
  }
  expect_failures = [var.generations]
}

run "refuses_an_unknown_environment" {
  command = plan
  variables {
    environment = "staging"
  }
  expect_failures = [var.environment]
}

run "refuses_a_name_too_long_for_service_accounts" {
  command = plan
  variables {
    name = "kappa-on-beam-fraud"
  }
  expect_failures = [var.name]
}

run "refuses_a_topic_that_google_reserves" {
  command = plan
  variables {
    topic = "google-transactions"
  }
  expect_failures = [var.topic]
}

run "refuses_labels_with_capitals" {
  command = plan
  variables {
    labels = { Team = "Risk" }
  }
  expect_failures = [var.labels]
}
