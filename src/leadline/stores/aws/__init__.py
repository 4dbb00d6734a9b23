"""The store of DynamoDB, S3 and SQS."""
