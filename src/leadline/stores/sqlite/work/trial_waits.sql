-- name: unmoved
-- Those of these leads that wait as they have since their capture.
SELECT lead.id, lead.n FROM lead JOIN task ON task.lead = lead.n AND step = 'refine'
WHERE attempt = 0 AND leased = 0 AND dead_at IS NULL AND id IN ();

-- name: move_wait
-- Let a lead be refined at another time.
UPDATE main.task SET attempt = 1, due_at = ?1 WHERE lead = ?2 AND step = 'refine';
