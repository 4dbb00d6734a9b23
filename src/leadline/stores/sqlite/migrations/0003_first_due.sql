-- When a task was first due, whatever leases and retries have made of `due_at` since; NULL: never
-- moved, so as `due_at` says.
ALTER TABLE task ADD COLUMN first_due_at INTEGER;
