-- name: tables
-- The tables of the file, the small ones of look-ups and waits first.
SELECT name FROM sqlite_schema WHERE type = 'table'
ORDER BY name IN ('raw', 'refined', 'lead'), name;

-- name: leads
-- All leads.
SELECT n, id FROM lead;

-- name: lead_at
-- The lead of a row of the table of leads, or of one that has a row for each lead.
SELECT id FROM lead WHERE n = ?;

-- name: lead_of_history
-- The lead of a row of the history.
SELECT id FROM lead WHERE n = (SELECT lead FROM history WHERE history.n = ?);

-- name: lead_of_alert
-- The lead of a message that a destination accepted.
SELECT id FROM lead WHERE n = (SELECT lead FROM alert WHERE alert.n = ?);

-- name: of_raw
-- The raw JSON of a lead, read completely.
SELECT raw, body, media_type FROM raw WHERE lead = ?;

-- name: of_refined
-- The refined document of a lead, read completely.
SELECT status, head FROM refined WHERE lead = ?;

-- name: of_handling
-- The handling of a lead, read completely.
SELECT rev, body FROM handling WHERE lead = ?;

-- name: of_task
-- The tasks of a lead.
SELECT step, channel, due_at, error, reason FROM task WHERE lead = ?;

-- name: of_history
-- What happened to a lead.
SELECT at, what, detail FROM history WHERE lead = ?;

-- name: of_alert
-- The messages about a lead.
SELECT channel, sent_at, ref FROM alert WHERE lead = ?;

-- name: raws
-- The raw JSON of all events, with their checksums.
SELECT id, raw, raw_sum, body, body_sum FROM lead JOIN raw ON raw.lead = lead.n;

-- name: count_contents
-- The numbers of raw words, of refined documents and of handlings.
SELECT count(*) FROM raw UNION ALL SELECT count(*) FROM refined
UNION ALL SELECT count(*) FROM handling;

-- name: heads
-- All refined documents, with their checksums.
SELECT id, head, head_sum FROM lead JOIN refined ON refined.lead = lead.n;

-- name: handlings
-- The handlings of all leads, with their checksums.
SELECT id, body, body_sum FROM lead JOIN handling ON handling.lead = lead.n;

-- name: latest
-- The raw JSON, bodies and refined documents of the latest leads, with their checksums.
SELECT id, raw, raw_sum, body, body_sum, head, head_sum FROM lead JOIN raw ON raw.lead = lead.n
LEFT JOIN refined ON refined.lead = lead.n ORDER BY n DESC LIMIT ?;
