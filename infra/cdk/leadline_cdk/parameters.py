"""The template's parameters, with their types.

Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
"""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """How a stack of Leadline differs from the template's defaults, which None stands for."""

    profile: Literal["small", "standard", "full"] | None = None
    """How much watches the stack: small has one alarm, on what Sweep checks every 15 minutes;
    standard has seven and a metric of how late leads are; full has all alarms, all metrics and
    the dashboard. By default standard."""

    clock: Literal["by-profile", "queues", "schedules", "executions"] | None = None
    """What wakes Refine and Deliver: queues of SQS to the second, one-time schedules of
    EventBridge Scheduler to the minute, which cost nothing while no leads come, or executions of
    Step Functions to the second, one a lead, which its console shows. by-profile is schedules
    with the Profile small, else queues. By default by-profile."""

    delay: str | None = None
    """How long a lead waits so that the CRM can assign an owner. By default 10m."""

    log_level: Literal["debug", "info", "warning", "error"] | None = None
    """The lowest severity that is logged. With debug, Lambda also logs the duration and the
    memory of each run; of failed runs it always does. By default info."""

    settings_parameter: str | None = None
    """The SSM parameter (a SecureString) that holds leadline.toml with every secret and setting;
    empty is /leadline/STACK/settings."""

    settings_secret_arn: str | None = None
    """A Secrets Manager secret that holds leadline.toml, instead of the SSM parameter."""

    settings_key_arn: str | None = None
    """The KMS key of yours that encrypts the parameter or secret with the settings, if it is not
    KmsKeyArn; the functions may then decrypt the settings with it. Its policy must let this
    account do so."""

    capture_memory: int | None = None
    """MB of memory for Capture; its share of a processor grows with it. By default 256."""

    refine_memory: int | None = None
    """MB of memory for Refine. By default 512."""

    deliver_memory: int | None = None
    """MB of memory for Deliver. By default 256."""

    sweep_memory: int | None = None
    """MB of memory for Sweep. By default 512."""

    capture_timeout: int | None = None
    """Seconds that Capture may take; API Gateway waits for at most 29. By default 30."""

    refine_timeout: Literal["10", "30", "60", "120", "300", "900"] | None = None
    """Seconds that Refine may take for a batch. By default 60."""

    deliver_timeout: Literal["10", "30", "60", "120", "300", "900"] | None = None
    """Seconds that Deliver may take for a batch. By default 30."""

    sweep_timeout: int | None = None
    """Seconds that Sweep may take. By default 120."""

    capture_reserved: int | None = None
    """Concurrent runs reserved for Capture, which are also its limit; -1 is none. By default
    -1."""

    refine_reserved: int | None = None
    """Concurrent runs reserved for Refine, which are also its limit; -1 is none. By default
    -1."""

    capture_provisioned: int | None = None
    """Instances of Capture that are kept warm (they are billed by the hour); 0 is none. By
    default 0."""

    deliver_concurrency: int | None = None
    """How many batches Deliver works on at once; SQS allows no fewer than 2. With schedules
    Lambda's own limit applies. By default 5."""

    shards: Literal["1", "2", "4", "8", "16", "32", "64"] | None = None
    """In how many partitions the table's indexes keep new leads; one takes 200 leads a second.
    After it was lowered, run `leadline shards --gather --stack STACK`. By default 4."""

    sweep_schedule: str | None = None
    """When Sweep runs. It finds overdue tasks, and with queues sends wake-ups for tasks that are
    due later than an SQS message can wait, so with longer intervals reminders and look-ups are
    late. The alarm of the profile small needs a rate of 5, 10 or 15 minutes. By default rate(15
    minutes)."""

    tracing: bool | None = None
    """Whether X-Ray traces requests. By default false."""

    vpc_subnet_ids: str | None = None
    """Subnets for the functions, separated by commas. They need a route to S3, DynamoDB, SQS, the
    settings and Slack, with schedules also to EventBridge Scheduler and Lambda, with executions
    to Step Functions, with the profile small to CloudWatch and SNS: VPC endpoints (vpc-
    endpoints.yaml) for AWS, a NAT gateway for Slack."""

    vpc_security_group_ids: str | None = None
    """Security groups for the functions, separated by commas."""

    ses_identity_arn: str | None = None
    """The verified SES identity from which channels of kind ses send e-mail."""

    api_key_required: bool | None = None
    """Whether requests need an x-api-key header; most CRMs can't send one. By default false."""

    throttle_rate: int | None = None
    """The sustained rate limit of the API, in requests per second. By default 500."""

    throttle_burst: int | None = None
    """The burst limit of the API, in requests. By default 1000."""

    tls_policy: (
        Literal[
            "SecurityPolicy_TLS13_1_3_2025_09",
            "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_PQ_2025_09",
            "TLS_1_0",
        ]
        | None
    ) = None
    """The oldest TLS version accepted, 1.2 by default. TLS_1_0 is the default of AWS; in GovCloud
    it always applies. By default SecurityPolicy_TLS13_1_2_PQ_2025_09."""

    waf_acl_arn: str | None = None
    """A web ACL (WAFv2, regional) that protects the API."""

    domain_name: str | None = None
    """A domain of yours for the API, in addition to its own; it needs CertificateArn."""

    certificate_arn: str | None = None
    """The certificate of that domain (ACM, in the region of the stack)."""

    disable_execute_api_endpoint: bool | None = None
    """Whether the API answers only under DomainName, and no longer under the URL that AWS gives
    it. By default false."""

    account_logs_role: bool | None = None
    """Whether the stack sets the role with which API Gateway writes access logs. An account has
    one such role per region; set false if it is set already. By default true."""

    kms_key_arn: str | None = None
    """A KMS key of yours for the bucket, table, queues, alarms, logs and functions. Its policy
    must let CloudWatch, CloudWatch Logs and this account use it."""

    permissions_boundary_arn: str | None = None
    """An IAM policy that every role of the stack gets as its permissions boundary, where the
    account demands one. It must allow what the roles allow."""

    tls_only: bool | None = None
    """Whether the bucket, the queues and the alarms refuse requests without TLS; false is for an
    emulator that speaks plain HTTP. By default true."""

    raw_to_infrequent_days: int | None = None
    """Days after which raw deliveries move to cheaper storage. By default 90."""

    raw_to_glacier_days: int | None = None
    """Days after which raw deliveries move on to Glacier Instant Retrieval, from which they can
    still be read at once; at least 30 more than RawToInfrequentDays; 0 is never. By default 0."""

    raw_expire_days: int | None = None
    """Days after which raw deliveries are deleted; 0 is never. By default 0."""

    noncurrent_days: int | None = None
    """Days for which overwritten and deleted objects can be restored. By default 30."""

    replication_bucket_arn: str | None = None
    """A versioned bucket, usually in another region, that gets a copy of every object."""

    replication_key_arn: str | None = None
    """The KMS key that encrypts the copies; required if KmsKeyArn is set."""

    table_protection: bool | None = None
    """Whether DynamoDB refuses to delete the table until this is turned off. By default true."""

    warm_read_units: int | None = None
    """Reads per second for which the table and its indexes are prepared before a peak (DynamoDB's
    warm throughput, 12,000 for a new table); it can only be raised; 0 leaves it to DynamoDB. By
    default 0."""

    warm_write_units: int | None = None
    """Writes per second for which the table and its indexes are prepared before a peak (4,000 for
    a new table); it can only be raised; 0 leaves it to DynamoDB. By default 0."""

    log_group_prefix: str | None = None
    """What the names of the log groups begin with (/capture, /refine and so on follow); empty is
    /leadline/STACK. A change makes new groups and deletes the old ones with their lines."""

    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731] | None = None
    """Days for which logs are kept. By default 7."""

    alarms: Literal["by-profile", "all", "plain", "none"] | None = None
    """Which alarms are created, whatever the profile: all, plain (without the error rates, which
    CloudWatch bills twice) or none. By default by-profile."""

    alarm_email: str | None = None
    """The e-mail address for alarms; AWS first asks it to confirm."""

    oldest_message_seconds: int | None = None
    """The age of the oldest message, in seconds, above which an alarm of the profile full is
    raised. It may count from sending, so with a Delay over 10m set it to the delay (at most 15
    minutes) plus 900. By default 900."""

    with_dashboard: Literal["by-profile", "true", "false"] | None = None
    """Whether to create a CloudWatch dashboard, and to write the metrics that it shows, whatever
    the profile; an account's first three dashboards are free. By default by-profile."""

    def values(self) -> dict[str, str]:
        """The values that are not None, by the template's names, as CloudFormation takes them."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {_NAMES[name]: _written(value) for name, value in given if value is not None}


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_NAMES = {
    "profile": "Profile",
    "clock": "Clock",
    "delay": "Delay",
    "log_level": "LogLevel",
    "settings_parameter": "SettingsParameter",
    "settings_secret_arn": "SettingsSecretArn",
    "settings_key_arn": "SettingsKeyArn",
    "capture_memory": "CaptureMemory",
    "refine_memory": "RefineMemory",
    "deliver_memory": "DeliverMemory",
    "sweep_memory": "SweepMemory",
    "capture_timeout": "CaptureTimeout",
    "refine_timeout": "RefineTimeout",
    "deliver_timeout": "DeliverTimeout",
    "sweep_timeout": "SweepTimeout",
    "capture_reserved": "CaptureReserved",
    "refine_reserved": "RefineReserved",
    "capture_provisioned": "CaptureProvisioned",
    "deliver_concurrency": "DeliverConcurrency",
    "shards": "Shards",
    "sweep_schedule": "SweepSchedule",
    "tracing": "Tracing",
    "vpc_subnet_ids": "VpcSubnetIds",
    "vpc_security_group_ids": "VpcSecurityGroupIds",
    "ses_identity_arn": "SesIdentityArn",
    "api_key_required": "ApiKeyRequired",
    "throttle_rate": "ThrottleRate",
    "throttle_burst": "ThrottleBurst",
    "tls_policy": "TlsPolicy",
    "waf_acl_arn": "WafAclArn",
    "domain_name": "DomainName",
    "certificate_arn": "CertificateArn",
    "disable_execute_api_endpoint": "DisableExecuteApiEndpoint",
    "account_logs_role": "AccountLogsRole",
    "kms_key_arn": "KmsKeyArn",
    "permissions_boundary_arn": "PermissionsBoundaryArn",
    "tls_only": "TlsOnly",
    "raw_to_infrequent_days": "RawToInfrequentDays",
    "raw_to_glacier_days": "RawToGlacierDays",
    "raw_expire_days": "RawExpireDays",
    "noncurrent_days": "NoncurrentDays",
    "replication_bucket_arn": "ReplicationBucketArn",
    "replication_key_arn": "ReplicationKeyArn",
    "table_protection": "TableProtection",
    "warm_read_units": "WarmReadUnits",
    "warm_write_units": "WarmWriteUnits",
    "log_group_prefix": "LogGroupPrefix",
    "log_retention_days": "LogRetentionDays",
    "alarms": "Alarms",
    "alarm_email": "AlarmEmail",
    "oldest_message_seconds": "OldestMessageSeconds",
    "with_dashboard": "WithDashboard",
}
