"""The store on AWS: S3 is the archive, DynamoDB the ledger, SQS the clock that wakes workers."""
