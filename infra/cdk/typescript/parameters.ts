/**
 * The template's parameters, with their types.
 *
 * Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
 */

/** How a stack of Leadline differs from the template's defaults. */
export interface Parameters {
  /** How long a lead waits so that the CRM can assign an owner. By default 10m. */
  readonly Delay?: string;
  /** The lowest severity that is logged. By default info. */
  readonly LogLevel?: "debug" | "info" | "warning" | "error";
  /**
   * The SSM parameter (a SecureString) that holds leadline.toml with every secret and setting;
   * empty is /leadline/STACK/settings.
   */
  readonly SettingsParameter?: string;
  /** A Secrets Manager secret that holds leadline.toml, instead of the SSM parameter. */
  readonly SettingsSecretArn?: string;
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
  /** How many batches Deliver works on at once; SQS allows no fewer than 2. By default 2. */
  readonly DeliverConcurrency?: number;
  /**
   * When Sweep runs. It finds overdue tasks, and sends wake-ups for tasks that are due later than
   * an SQS message can wait, so with longer intervals reminders and look-ups are late. By default
   * rate(15 minutes).
   */
  readonly SweepSchedule?: string;
  /** Whether X-Ray traces requests. By default false. */
  readonly Tracing?: boolean;
  /**
   * Subnets for the functions, separated by commas. They need a route to S3, DynamoDB, SQS, the
   * settings and Slack: VPC endpoints or a NAT gateway.
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
   * Whether the bucket, the queues and the alarms refuse requests without TLS; false is for an
   * emulator that speaks plain HTTP. By default true.
   */
  readonly TlsOnly?: boolean;
  /** Days after which raw deliveries move to cheaper storage. By default 90. */
  readonly RawToInfrequentDays?: number;
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
  /** Days for which logs are kept. By default 7. */
  readonly LogRetentionDays?: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 180 | 365 | 731;
  /**
   * Which alarms are created; plain leaves out the error rates, which CloudWatch bills twice. By
   * default all.
   */
  readonly Alarms?: "all" | "plain" | "none";
  /** The e-mail address for alarms; AWS first asks it to confirm. */
  readonly AlarmEmail?: string;
  /**
   * The age of the oldest message, in seconds, above which an alarm is raised. It may count from
   * sending, so with a Delay over 10m set it to the delay (at most 15 minutes) plus 900. By
   * default 900.
   */
  readonly OldestMessageSeconds?: number;
  /** Whether to create a CloudWatch dashboard; an account's first three are free. By default true. */
  readonly WithDashboard?: boolean;
}
