"""What the Sweep function finds: tasks without a wake-up, dead letters."""
