-- name: words
-- What was delivered of a lead.
SELECT raw.raw, raw.media_type, lead.record, raw.raw_sum, raw.body, raw.body_sum FROM lead LEFT JOIN raw ON raw.lead = lead.n
WHERE lead.n = ?;

-- name: history
-- What happened to a lead and is not in other tables.
SELECT at, what, detail FROM history WHERE lead = ? ORDER BY n;

-- name: joined
-- When events came in that belong to a lead, and what became of them.
SELECT captured_at, fate, why FROM lead WHERE joined = ?;

-- name: refinement
-- When a lead was refined, and with what result.
SELECT processed_at, status FROM refined WHERE lead = ?;

-- name: tasks
-- The tasks of a lead.
SELECT step, channel, due_at, attempt, failures, leased, error, dead_at, reason
FROM task WHERE lead = ?;

-- name: alerts
-- The messages that destinations accepted about a lead, oldest first.
SELECT channel, sent_at, template, digest, ref, step FROM alert
WHERE lead = ? ORDER BY sent_at, n;

-- name: related
-- The events that belong to a lead, with their words.
SELECT id, captured_at, kind, fate, why, raw, raw_sum FROM lead JOIN raw ON raw.lead = lead.n
WHERE joined = ? ORDER BY lead.n;

-- name: repeats
-- The first leads that are duplicates of a lead.
SELECT id FROM refined JOIN lead ON lead.n = refined.lead WHERE duplicate_of = ? ORDER BY n LIMIT ?;
