-- name: free_at
-- When the next message to a channel may be sent.
SELECT free_at FROM channel WHERE name = ?;

-- name: reserve
-- Set the time of the next message to a channel.
INSERT INTO channel (name, free_at) VALUES (?, ?)
ON CONFLICT DO UPDATE SET free_at = excluded.free_at;

-- name: pause
-- Pause a channel until a time, or longer if it is paused for longer.
INSERT INTO channel (name, free_at) VALUES (?, ?)
ON CONFLICT DO UPDATE SET free_at = max(free_at, excluded.free_at);

-- name: alerts
-- The messages that destinations accepted about leads.
SELECT sent_at, alert.n, id, channel, template, digest, ref, step
FROM lead JOIN alert ON alert.lead = lead.n WHERE id IN ();

-- name: trouble
-- How often in a row a channel failed, and since when.
SELECT failures, failing_since FROM channel WHERE name = ?;

-- name: add_failure
-- Add one failure of a channel.
INSERT INTO channel (name, free_at, failures, failing_since) VALUES (?1, ?2, 1, ?2)
ON CONFLICT DO UPDATE SET
  failures = failures + 1, failing_since = coalesce(failing_since, excluded.failing_since);

-- name: end_trouble
-- End the failures of a channel.
UPDATE channel SET failures = 0, failing_since = NULL WHERE name = ?;
