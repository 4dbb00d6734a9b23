# Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
#
# null is the template's default.

variable "profile" {
  description = "How much watches the stack: small has one alarm, on what Sweep checks every 15 minutes; standard has seven and a metric of how late leads are; full has all alarms, all metrics and the dashboard. By default standard."
  type        = string
  default     = null
}

variable "clock" {
  description = "What wakes Refine and Deliver: queues of SQS to the second, one-time schedules of EventBridge Scheduler to the minute, which cost nothing while no leads come, or executions of Step Functions to the second, one a lead, which its console shows. by-profile is schedules with the Profile small, else queues. By default by-profile."
  type        = string
  default     = null
}

variable "delay" {
  description = "How long a lead waits so that the CRM can assign an owner. By default 10m."
  type        = string
  default     = null
}

variable "log_level" {
  description = "The lowest severity that is logged. With debug, Lambda also logs the duration and the memory of each run; of failed runs it always does. By default info."
  type        = string
  default     = null
}

variable "settings_parameter" {
  description = "The SSM parameter (a SecureString) that holds leadline.toml with every secret and setting; empty is /leadline/STACK/settings."
  type        = string
  default     = null
}

variable "settings_secret_arn" {
  description = "A Secrets Manager secret that holds leadline.toml, instead of the SSM parameter."
  type        = string
  default     = null
}

variable "settings_key_arn" {
  description = "The KMS key of yours that encrypts the parameter or secret with the settings, if it is not KmsKeyArn; the functions may then decrypt the settings with it. Its policy must let this account do so."
  type        = string
  default     = null
}

variable "capture_memory" {
  description = "MB of memory for Capture; its share of a processor grows with it. By default 256."
  type        = number
  default     = null
}

variable "refine_memory" {
  description = "MB of memory for Refine. By default 512."
  type        = number
  default     = null
}

variable "deliver_memory" {
  description = "MB of memory for Deliver. By default 256."
  type        = number
  default     = null
}

variable "sweep_memory" {
  description = "MB of memory for Sweep. By default 512."
  type        = number
  default     = null
}

variable "capture_timeout" {
  description = "Seconds that Capture may take; API Gateway waits for at most 29. By default 30."
  type        = number
  default     = null
}

variable "refine_timeout" {
  description = "Seconds that Refine may take for a batch. By default 60."
  type        = string
  default     = null
}

variable "deliver_timeout" {
  description = "Seconds that Deliver may take for a batch. By default 30."
  type        = string
  default     = null
}

variable "sweep_timeout" {
  description = "Seconds that Sweep may take. By default 120."
  type        = number
  default     = null
}

variable "capture_reserved" {
  description = "Concurrent runs reserved for Capture, which are also its limit; -1 is none. By default -1."
  type        = number
  default     = null
}

variable "refine_reserved" {
  description = "Concurrent runs reserved for Refine, which are also its limit; -1 is none. By default -1."
  type        = number
  default     = null
}

variable "capture_provisioned" {
  description = "Instances of Capture that are kept warm (they are billed by the hour); 0 is none. By default 0."
  type        = number
  default     = null
}

variable "deliver_concurrency" {
  description = "How many batches Deliver works on at once; SQS allows no fewer than 2. With schedules Lambda's own limit applies. By default 5."
  type        = number
  default     = null
}

variable "shards" {
  description = "In how many partitions the table's indexes keep new leads; one takes 200 leads a second. After it was lowered, run `leadline shards --gather --stack STACK`. By default 4."
  type        = string
  default     = null
}

variable "sweep_schedule" {
  description = "When Sweep runs. It finds overdue tasks, and with queues sends wake-ups for tasks that are due later than an SQS message can wait, so with longer intervals reminders and look-ups are late. The alarm of the profile small needs a rate of 5, 10 or 15 minutes. By default rate(15 minutes)."
  type        = string
  default     = null
}

variable "tracing" {
  description = "Whether X-Ray traces requests. By default false."
  type        = string
  default     = null
}

variable "vpc_subnet_ids" {
  description = "Subnets for the functions, separated by commas. They need a route to S3, DynamoDB, SQS, the settings and Slack, with schedules also to EventBridge Scheduler and Lambda, with executions to Step Functions, with the profile small to CloudWatch and SNS: VPC endpoints (vpc-endpoints.yaml) for AWS, a NAT gateway for Slack."
  type        = string
  default     = null
}

variable "vpc_security_group_ids" {
  description = "Security groups for the functions, separated by commas."
  type        = string
  default     = null
}

variable "ses_identity_arn" {
  description = "The verified SES identity from which channels of kind ses send e-mail."
  type        = string
  default     = null
}

variable "api_key_required" {
  description = "Whether requests need an x-api-key header; most CRMs can't send one. By default false."
  type        = string
  default     = null
}

variable "throttle_rate" {
  description = "The sustained rate limit of the API, in requests per second. By default 500."
  type        = number
  default     = null
}

variable "throttle_burst" {
  description = "The burst limit of the API, in requests. By default 1000."
  type        = number
  default     = null
}

variable "tls_policy" {
  description = "The oldest TLS version accepted, 1.2 by default. TLS_1_0 is the default of AWS; in GovCloud it always applies. By default SecurityPolicy_TLS13_1_2_PQ_2025_09."
  type        = string
  default     = null
}

variable "waf_acl_arn" {
  description = "A web ACL (WAFv2, regional) that protects the API."
  type        = string
  default     = null
}

variable "domain_name" {
  description = "A domain of yours for the API, in addition to its own; it needs CertificateArn."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "The certificate of that domain (ACM, in the region of the stack)."
  type        = string
  default     = null
}

variable "disable_execute_api_endpoint" {
  description = "Whether the API answers only under DomainName, and no longer under the URL that AWS gives it. By default false."
  type        = string
  default     = null
}

variable "account_logs_role" {
  description = "Whether the stack sets the role with which API Gateway writes access logs. An account has one such role per region; set false if it is set already. By default true."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "A KMS key of yours for the bucket, table, queues, alarms, logs and functions. Its policy must let CloudWatch, CloudWatch Logs and this account use it."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "An IAM policy that every role of the stack gets as its permissions boundary, where the account demands one. It must allow what the roles allow."
  type        = string
  default     = null
}

variable "tls_only" {
  description = "Whether the bucket, the queues and the alarms refuse requests without TLS; false is for an emulator that speaks plain HTTP. By default true."
  type        = string
  default     = null
}

variable "raw_to_infrequent_days" {
  description = "Days after which raw deliveries move to cheaper storage. By default 90."
  type        = number
  default     = null
}

variable "raw_to_glacier_days" {
  description = "Days after which raw deliveries move on to Glacier Instant Retrieval, from which they can still be read at once; at least 30 more than RawToInfrequentDays; 0 is never. By default 0."
  type        = number
  default     = null
}

variable "raw_expire_days" {
  description = "Days after which raw deliveries are deleted; 0 is never. By default 0."
  type        = number
  default     = null
}

variable "noncurrent_days" {
  description = "Days for which overwritten and deleted objects can be restored. By default 30."
  type        = number
  default     = null
}

variable "replication_bucket_arn" {
  description = "A versioned bucket, usually in another region, that gets a copy of every object."
  type        = string
  default     = null
}

variable "replication_key_arn" {
  description = "The KMS key that encrypts the copies; required if KmsKeyArn is set."
  type        = string
  default     = null
}

variable "table_protection" {
  description = "Whether DynamoDB refuses to delete the table until this is turned off. By default true."
  type        = string
  default     = null
}

variable "warm_read_units" {
  description = "Reads per second for which the table and its indexes are prepared before a peak (DynamoDB's warm throughput, 12,000 for a new table); it can only be raised; 0 leaves it to DynamoDB. By default 0."
  type        = number
  default     = null
}

variable "warm_write_units" {
  description = "Writes per second for which the table and its indexes are prepared before a peak (4,000 for a new table); it can only be raised; 0 leaves it to DynamoDB. By default 0."
  type        = number
  default     = null
}

variable "log_group_prefix" {
  description = "What the names of the log groups begin with (/capture, /refine and so on follow); empty is /leadline/STACK. A change makes new groups and deletes the old ones with their lines."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days for which logs are kept. By default 7."
  type        = number
  default     = null
}

variable "alarms" {
  description = "Which alarms are created, whatever the profile: all, plain (without the error rates, which CloudWatch bills twice) or none. By default by-profile."
  type        = string
  default     = null
}

variable "alarm_email" {
  description = "The e-mail address for alarms; AWS first asks it to confirm."
  type        = string
  default     = null
}

variable "oldest_message_seconds" {
  description = "The age of the oldest message, in seconds, above which an alarm of the profile full is raised. It may count from sending, so with a Delay over 10m set it to the delay (at most 15 minutes) plus 900. By default 900."
  type        = number
  default     = null
}

variable "with_dashboard" {
  description = "Whether to create a CloudWatch dashboard, and to write the metrics that it shows, whatever the profile; an account's first three dashboards are free. By default by-profile."
  type        = string
  default     = null
}

locals {
  chosen = {
    Profile                   = var.profile
    Clock                     = var.clock
    Delay                     = var.delay
    LogLevel                  = var.log_level
    SettingsParameter         = var.settings_parameter
    SettingsSecretArn         = var.settings_secret_arn
    SettingsKeyArn            = var.settings_key_arn
    CaptureMemory             = var.capture_memory
    RefineMemory              = var.refine_memory
    DeliverMemory             = var.deliver_memory
    SweepMemory               = var.sweep_memory
    CaptureTimeout            = var.capture_timeout
    RefineTimeout             = var.refine_timeout
    DeliverTimeout            = var.deliver_timeout
    SweepTimeout              = var.sweep_timeout
    CaptureReserved           = var.capture_reserved
    RefineReserved            = var.refine_reserved
    CaptureProvisioned        = var.capture_provisioned
    DeliverConcurrency        = var.deliver_concurrency
    Shards                    = var.shards
    SweepSchedule             = var.sweep_schedule
    Tracing                   = var.tracing
    VpcSubnetIds              = var.vpc_subnet_ids
    VpcSecurityGroupIds       = var.vpc_security_group_ids
    SesIdentityArn            = var.ses_identity_arn
    ApiKeyRequired            = var.api_key_required
    ThrottleRate              = var.throttle_rate
    ThrottleBurst             = var.throttle_burst
    TlsPolicy                 = var.tls_policy
    WafAclArn                 = var.waf_acl_arn
    DomainName                = var.domain_name
    CertificateArn            = var.certificate_arn
    DisableExecuteApiEndpoint = var.disable_execute_api_endpoint
    AccountLogsRole           = var.account_logs_role
    KmsKeyArn                 = var.kms_key_arn
    PermissionsBoundaryArn    = var.permissions_boundary_arn
    TlsOnly                   = var.tls_only
    RawToInfrequentDays       = var.raw_to_infrequent_days
    RawToGlacierDays          = var.raw_to_glacier_days
    RawExpireDays             = var.raw_expire_days
    NoncurrentDays            = var.noncurrent_days
    ReplicationBucketArn      = var.replication_bucket_arn
    ReplicationKeyArn         = var.replication_key_arn
    TableProtection           = var.table_protection
    WarmReadUnits             = var.warm_read_units
    WarmWriteUnits            = var.warm_write_units
    LogGroupPrefix            = var.log_group_prefix
    LogRetentionDays          = var.log_retention_days
    Alarms                    = var.alarms
    AlarmEmail                = var.alarm_email
    OldestMessageSeconds      = var.oldest_message_seconds
    WithDashboard             = var.with_dashboard
  }
}
