-- name: remove_raws
-- Remove the words of leads.
DELETE FROM main.raw WHERE lead IN ();

-- name: remove_refined
-- Remove refined leads.
DELETE FROM main.refined WHERE lead IN ();

-- name: remove_tasks
-- Remove the tasks of leads.
DELETE FROM main.task WHERE lead IN ();

-- name: remove_alerts
-- Remove the messages about leads.
DELETE FROM main.alert WHERE lead IN ();

-- name: remove_history
-- Remove the history of leads.
DELETE FROM main.history WHERE lead IN ();

-- name: keep_leads
-- Store leads; update the columns that may change of those that exist.
INSERT INTO main.lead (n, id, source, kind, captured_at, record, fate, why, joined) VALUES ()
ON CONFLICT (n) DO UPDATE SET
  record = excluded.record, fate = excluded.fate, why = excluded.why, joined = excluded.joined;

-- name: add_raws
-- Keep the words of leads.
INSERT INTO main.raw (lead, raw, raw_sum, body, body_sum, media_type) VALUES ();

-- name: add_refined
-- Keep refined leads.
INSERT INTO main.refined (lead, processed_at, status, duplicate_of, told, head, head_sum) VALUES ();

-- name: add_tasks
-- Keep tasks as they were.
INSERT INTO main.task (lead, step, channel, again, put_at, due_at, attempt, failures, leased, error,
                  dead_at, reason, first_due_at) VALUES ();

-- name: come_first
-- Let the tasks of hot leads be leased before others.
UPDATE main.task SET hot = 1
WHERE lead IN () AND step IN ('refine', 'notify', 'assign') AND dead_at IS NULL;

-- name: add_alerts
-- Keep messages that destinations accepted.
INSERT INTO main.alert (lead, channel, sent_at, template, digest, ref, step) VALUES ();
