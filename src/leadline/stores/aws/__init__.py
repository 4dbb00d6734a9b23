"""The store on AWS: DynamoDB, S3 and SQS."""
