"""Tasks and what they change: the queue, outcomes, handlings, pace and troubles."""
