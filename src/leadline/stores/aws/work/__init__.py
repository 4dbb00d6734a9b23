"""Tasks and what they change: the queue, outcomes, handlings and pace."""
