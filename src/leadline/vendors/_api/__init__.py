"""What the APIs of several vendors have in common."""
