"""The AWS Lambda functions: one module with a thin handler for each."""
