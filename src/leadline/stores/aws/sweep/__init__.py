"""The sweep: finds captures that were not finished, and tasks without a wake-up."""
