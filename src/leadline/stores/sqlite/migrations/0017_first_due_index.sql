-- Tasks that were due before: so that the task that is late for longest is found without reading all
-- tasks that wait. A lead that is captured is in none of this index.
CREATE INDEX task_first_due ON task (first_due_at)
WHERE first_due_at IS NOT NULL AND dead_at IS NULL AND step IN ('refine', 'notify');
