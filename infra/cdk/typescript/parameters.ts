/**
 * The template's parameters, with their types.
 *
 * Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
 */

/** How a stack of Leadline differs from the template's defaults. */
export interface Parameters {
  /**
   * How much watches the stack: small has one alarm, on what Sweep checks every 15 minutes;
   * standard has seven and a metric of how late leads are; full has all alarms, all metrics and
   * the dashboard. By default standard.
   */
  readonly Profile?: "small" | "standard" | "full";
  /**
   * What wakes Refine and Deliver: queues of SQS to the second, one-time schedules of EventBridge
   * Scheduler to the minute, which cost nothing while no leads come, or executions of Step
   * Functions to the second, one a lead, which its console shows. by-profile is schedules with the
   * Profile small, else queues. By default by-profile.
   */
  readonly Clock?: "by-profile" | "queues" | "schedules" | "executions";
  /** How long a lead waits so that the CRM can assign an owner. By default 10m. */
  readonly Delay?: string;
  /**
   * The lowest severity that is logged. With debug, Lambda also logs the duration and the memory
   * of each run; of failed runs it always does. By default info.
   */
  readonly LogLevel?: "debug" | "info" | "warning" | "error";
  /**
   * The SSM parameter (a SecureString) that holds leadline.toml with every secret and setting;
   * empty is /leadline/STACK/settings.
   */
  readonly SettingsParameter?: string;
  /** A Secrets Manager secret that holds leadline.toml, instead of the SSM parameter. */
  readonly SettingsSecretArn?: string;
  /**
   * The KMS key of yours that encrypts the parameter or secret with the settings, if it is not
   * KmsKeyArn; the functions may then decrypt the settings with it. Its policy must let this
   * account do so.
   */
  readonly SettingsKeyArn?: string;
  /** MB of memory for Capture; its share of a processor grows with it. By default 256. */
  readonly CaptureMemory?: number;
  /** MB of memory for Refine. By default 512. */
  readonly RefineMemory?: number;
  /** MB of memory for Deliver. By default 256. */
  readonly DeliverMemory?: number;
  /** MB of memory for Sweep. By default 512. */
  readonly SweepMemory?: number;
  /** Seconds that Capture may take; API Gateway waits for at most 29. By default 30. */
  readonly CaptureTimeout?: number;
  /** Seconds that Refine may take for a batch. By default 60. */
  readonly RefineTimeout?: "10" | "30" | "60" | "120" | "300" | "900";
  /** Seconds that Deliver may take for a batch. By default 30. */
  readonly DeliverTimeout?: "10" | "30" | "60" | "120" | "300" | "900";
  /** Seconds that Sweep may take. By default 120. */
  readonly SweepTimeout?: number;
  /** Concurrent runs reserved for Capture, which are also its limit; -1 is none. By default -1. */
  readonly CaptureReserved?: number;
  /** Concurrent runs reserved for Refine, which are also its limit; -1 is none. By default -1. */
  readonly RefineReserved?: number;
  /**
   * Instances of Capture that are kept warm (they are billed by the hour); 0 is none. By default
   * 0.
   */
  readonly CaptureProvisioned?: number;
  /**
   * How many batches Deliver works on at once; SQS allows no fewer than 2. With schedules Lambda's
   * own limit applies. By default 5.
   */
  readonly DeliverConcurrency?: number;
  /**
   * In how many partitions the table's indexes keep new leads; one takes 200 leads a second. After
   * it was lowered, run `leadline shards --gather --stack STACK`. By default 4.
   */
  readonly Shards?: "1" | "2" | "4" | "8" | "16" | "32" | "64";
  /**
   * When Sweep runs. It finds overdue tasks, and with queues sends wake-ups for tasks that are due
   * later than an SQS message can wait, so with longer intervals reminders and look-ups are late.
   * The alarm of the profile small needs a rate of 5, 10 or 15 minutes. By default rate(15
   * minutes).
   */
  readonly SweepSchedule?: string;
  /** Whether X-Ray traces requests. By default false. */
  readonly Tracing?: boolean;
  /**
   * Subnets for the functions, separated by commas. They need a route to S3, DynamoDB, SQS, the
   * settings and Slack, with schedules also to EventBridge Scheduler and Lambda, with executions
   * to Step Functions, with the profile small to CloudWatch and SNS: VPC endpoints (vpc-
   * endpoints.yaml) for AWS, a NAT gateway for Slack.
   */
  readonly VpcSubnetIds?: string;
  /** Security groups for the functions, separated by commas. */
  readonly VpcSecurityGroupIds?: string;
  /** The verified SES identity from which channels of kind ses send e-mail. */
  readonly SesIdentityArn?: string;
  /** Whether requests need an x-api-key header; most CRMs can't send one. By default false. */
  readonly ApiKeyRequired?: boolean;
  /** The sustained rate limit of the API, in requests per second. By default 500. */
  readonly ThrottleRate?: number;
  /** The burst limit of the API, in requests. By default 1000. */
  readonly ThrottleBurst?: number;
  /**
   * The oldest TLS version accepted, 1.2 by default. TLS_1_0 is the default of AWS; in GovCloud it
   * always applies. By default SecurityPolicy_TLS13_1_2_PQ_2025_09.
   */
  readonly TlsPolicy?: "SecurityPolicy_TLS13_1_3_2025_09" | "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09" | "SecurityPolicy_TLS13_1_2_PQ_2025_09" | "TLS_1_0";
  /** A web ACL (WAFv2, regional) that protects the API. */
  readonly WafAclArn?: string;
  /** A domain of yours for the API, in addition to its own; it needs CertificateArn. */
  readonly DomainName?: string;
  /** The certificate of that domain (ACM, in the region of the stack). */
  readonly CertificateArn?: string;
  /**
   * Whether the API answers only under DomainName, and no longer under the URL that AWS gives it.
   * By default false.
   */
  readonly DisableExecuteApiEndpoint?: boolean;
  /**
   * Whether the stack sets the role with which API Gateway writes access logs. An account has one
   * such role per region; set false if it is set already. By default true.
   */
  readonly AccountLogsRole?: boolean;
  /**
   * A KMS key of yours for the bucket, table, queues, alarms, logs and functions. Its policy must
   * let CloudWatch, CloudWatch Logs and this account use it.
   */
  readonly KmsKeyArn?: string;
  /**
   * An IAM policy that every role of the stack gets as its permissions boundary, where the account
   * demands one. It must allow what the roles allow.
   */
  readonly PermissionsBoundaryArn?: string;
  /**
   * Whether the bucket, the queues and the alarms refuse requests without TLS; false is for an
   * emulator that speaks plain HTTP. By default true.
   */
  readonly TlsOnly?: boolean;
  /** Days after which raw deliveries move to cheaper storage. By default 90. */
  readonly RawToInfrequentDays?: number;
  /**
   * Days after which raw deliveries move on to Glacier Instant Retrieval, from which they can
   * still be read at once; at least 30 more than RawToInfrequentDays; 0 is never. By default 0.
   */
  readonly RawToGlacierDays?: number;
  /** Days after which raw deliveries are deleted; 0 is never. By default 0. */
  readonly RawExpireDays?: number;
  /** Days for which overwritten and deleted objects can be restored. By default 30. */
  readonly NoncurrentDays?: number;
  /** A versioned bucket, usually in another region, that gets a copy of every object. */
  readonly ReplicationBucketArn?: string;
  /** The KMS key that encrypts the copies; required if KmsKeyArn is set. */
  readonly ReplicationKeyArn?: string;
  /** Whether DynamoDB refuses to delete the table until this is turned off. By default true. */
  readonly TableProtection?: boolean;
  /**
   * Reads per second for which the table and its indexes are prepared before a peak (DynamoDB's
   * warm throughput, 12,000 for a new table); it can only be raised; 0 leaves it to DynamoDB. By
   * default 0.
   */
  readonly WarmReadUnits?: number;
  /**
   * Writes per second for which the table and its indexes are prepared before a peak (4,000 for a
   * new table); it can only be raised; 0 leaves it to DynamoDB. By default 0.
   */
  readonly WarmWriteUnits?: number;
  /**
   * What the names of the log groups begin with (/capture, /refine and so on follow); empty is
   * /leadline/STACK. A change makes new groups and deletes the old ones with their lines.
   */
  readonly LogGroupPrefix?: string;
  /** Days for which logs are kept. By default 7. */
  readonly LogRetentionDays?: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 180 | 365 | 731;
  /**
   * Which alarms are created, whatever the profile: all, plain (without the error rates, which
   * CloudWatch bills twice) or none. By default by-profile.
   */
  readonly Alarms?: "by-profile" | "all" | "plain" | "none";
  /** The e-mail address for alarms; AWS first asks it to confirm. */
  readonly AlarmEmail?: string;
  /**
   * The age of the oldest message, in seconds, above which an alarm of the profile full is raised.
   * It may count from sending, so with a Delay over 10m set it to the delay (at most 15 minutes)
   * plus 900. By default 900.
   */
  readonly OldestMessageSeconds?: number;
  /**
   * Whether to create a CloudWatch dashboard, and to write the metrics that it shows, whatever the
   * profile; an account's first three dashboards are free. By default by-profile.
   */
  readonly WithDashboard?: "by-profile" | "true" | "false";
}
