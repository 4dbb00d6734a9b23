# Leadline by Terraform 1.5 or OpenTofu: the package's own template, as a stack of CloudFormation.
# README.md in this folder says how, and what of it is tested.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "stack" {
  description = "The stack's name, by which `leadline status --aws NAME` knows it; 66 characters at most."
  type        = string
  default     = "leadline"
}

variable "package" {
  description = "The folder that `leadline package aws --out FOLDER` wrote."
  type        = string
}

variable "code_bucket" {
  description = "The name of a bucket of yours, in the region of the stack, for code and template."
  type        = string
}

locals {
  contents = jsondecode(file("${var.package}/package.json"))
  zips     = { for name, about in local.contents.files : name => about if can(about.key) }
  # The template gets a name of its own for each content, so that a new one is noticed.
  template_key = "templates/${local.contents.files["template.yaml"].sha256}.yaml"
}

resource "aws_s3_object" "code" {
  for_each = local.zips

  bucket = var.code_bucket
  key    = each.value.key
  source = "${var.package}/${each.key}"

  # An update that fails goes back to the code that was there before.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "template" {
  bucket = var.code_bucket
  key    = local.template_key
  source = "${var.package}/template.yaml"

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_s3_bucket" "code" {
  bucket = var.code_bucket
}

resource "aws_cloudformation_stack" "leadline" {
  name         = var.stack
  template_url = "https://${data.aws_s3_bucket.code.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

  parameters = merge(
    { for name, value in local.chosen : name => value if value != null },
    local.contents.parameters,
    { CodeBucket = var.code_bucket },
  )

  depends_on = [aws_s3_object.code]
}

output "webhook_url" {
  description = "The URL that senders post to; a source's name may follow."
  value       = aws_cloudformation_stack.leadline.outputs["WebhookUrl"]
}

output "outputs" {
  description = "All outputs of the stack: docs/reference/aws-template.md describes them."
  value       = aws_cloudformation_stack.leadline.outputs
}
