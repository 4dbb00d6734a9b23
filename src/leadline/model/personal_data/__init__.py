"""What is remembered of erasure, retention, suppression and access to personal data."""
