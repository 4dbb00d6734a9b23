"""What wakes the functions of a stack when a task is due: queues, schedules or executions."""
