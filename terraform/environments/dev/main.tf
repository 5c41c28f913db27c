terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  # Which bucket: -backend-config="bucket=…". It is made once, by hand, before everything else (docs/cloud.md).
  backend "gcs" {
    prefix = "kappa/dev"
  }

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50.0, < 7.0.0"
    }
    google-beta = {
      source  = "hashicorp/google-beta"
      version = ">= 6.50.0, < 7.0.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  # Budgets and billing ask which project pays for the question.
  user_project_override = true
  billing_project       = var.project_id
}

provider "google-beta" {
  project               = var.project_id
  region                = var.region
  user_project_override = true
  billing_project       = var.project_id
}

module "platform" {
  source = "../../platform"

  project_id    = var.project_id
  region        = var.region
  environment   = "dev"
  emails        = var.emails
  documentation = var.documentation
  budget        = var.budget

  launch     = var.launch
  image_tag  = var.image_tag
  parameters = var.parameters

  # Small: one worker, and somebody is called later.
  max_workers = 1
  limits = {
    lag_seconds     = 1800
    backlog_seconds = 3600
    oldest_seconds  = 3600
  }
}
