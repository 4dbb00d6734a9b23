"""What webhooks of several vendors have in common."""
