"""From an alert to the first response: ownership, follow-up, claims and the clock."""
