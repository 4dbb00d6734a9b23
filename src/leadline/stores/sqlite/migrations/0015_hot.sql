-- Whether the lead of a task is hot: then the task is leased before others.
ALTER TABLE task ADD COLUMN hot INTEGER NOT NULL DEFAULT 0;
CREATE INDEX task_hot ON task (step, channel, due_at) WHERE hot = 1 AND dead_at IS NULL;
