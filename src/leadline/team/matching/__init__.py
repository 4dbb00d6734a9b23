"""Which rule fits a lead: conditions, and what they look at."""
