-- name: leads
-- Whole leads by number, without their tasks, messages and history.
SELECT lead.n, lead.id, lead.source, lead.kind, lead.captured_at, lead.record,
       lead.fate, lead.why, head.id, raw.raw, raw.body, raw.media_type,
       refined.head, refined.told, original.id, handling.body,
       raw.raw_sum, raw.body_sum, refined.head_sum, handling.body_sum
FROM lead LEFT JOIN lead head ON head.n = lead.joined
LEFT JOIN raw ON raw.lead = lead.n
LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN lead original ON original.n = refined.duplicate_of
LEFT JOIN handling ON handling.lead = lead.n
WHERE lead.n IN ();

-- name: tasks
-- The tasks of leads.
SELECT lead, step, channel, put_at, due_at, attempt, failures, leased, again, error, dead_at, reason,
       first_due_at
FROM task WHERE lead IN ();

-- name: alerts
-- The messages that destinations accepted about leads, oldest first.
SELECT lead, channel, sent_at, template, digest, ref, step FROM alert
WHERE lead IN () ORDER BY sent_at, channel, n;

-- name: history
-- What happened to leads and is not in other tables.
SELECT lead, at, what, detail FROM history WHERE lead IN () ORDER BY n;
