terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  # Which bucket: -backend-config="bucket=…", and region=….
  backend "s3" {
    key          = "kappa/kinesis.tfstate"
    encrypt      = true
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 6.0.0"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      app        = "kappa"
      managed_by = "terraform"
    }
  }
}

module "kinesis" {
  source = "../../modules/kinesis"

  stream           = var.stream
  google_worker_id = var.google_worker_id
  alarm_email      = var.alarm_email
  documentation    = var.documentation
}
