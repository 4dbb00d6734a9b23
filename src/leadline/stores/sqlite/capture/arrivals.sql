-- name: counted
-- Up to which event leads were counted, and when the server was last known to run.
SELECT n, heard_at FROM counted;

-- name: note_counted
-- Note up to which event leads were counted.
UPDATE counted SET n = ?;

-- name: note_heard
-- Note that the server ran at this time.
UPDATE counted SET heard_at = ?;

-- name: newest_event
-- The number of the newest event.
SELECT ifnull(max(n), 0) FROM lead;

-- name: arrived
-- How many leads of each source came in each hour, and when the last came, among these events.
-- A delivery that can't be read is told as a dead letter, and what was found in the CRM only shows
-- that it did not come by itself.
SELECT source, captured_at / 3600000000 AS hour, count(*), max(captured_at) FROM lead
WHERE n > ? AND n <= ? AND fate = 'captured' AND kind <> 'unreadable' AND instr(why, ?) <> 1
GROUP BY source, hour;

-- name: add_arrivals
-- Count leads of a source in one hour.
INSERT INTO arrival (source, hour, leads) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET leads = ifnull(leads, 0) + excluded.leads;

-- name: add_quiet
-- Note when a lead of a source came.
INSERT INTO quiet (source, last_at, since) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at);

-- name: add_unheard
-- Note that nothing of a source could come in this hour.
INSERT INTO arrival (source, hour) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: forget_arrivals
-- Forget what came too long before the last lead of its source.
DELETE FROM arrival WHERE hour <=
  (SELECT last_at / 3600000000 FROM quiet WHERE quiet.source = arrival.source) - ?;

-- name: all_quiet
-- Since when each source is silent.
SELECT source, last_at, since, told_after, all_quiet FROM quiet ORDER BY source;

-- name: all_arrivals
-- How many leads came in each hour.
SELECT source, hour, leads FROM arrival;

-- name: note_told_silence
-- Note that the silence of a source after its last lead was told.
UPDATE quiet SET told_after = last_at, all_quiet = ? WHERE source = ?;

-- name: told_silence
-- The silence of a source that was told: the lead after which it began, and its last lead.
SELECT told_after, last_at FROM quiet WHERE source = ? AND told_after IS NOT NULL;

-- name: note_end_of_silence
-- Note that the silence of a source is over.
UPDATE quiet SET told_after = NULL, all_quiet = NULL WHERE source = ?;

-- name: end_all_quiet
-- Note that a silence that was told concerns one source alone.
UPDATE quiet SET all_quiet = NULL WHERE all_quiet IS NOT NULL;

-- name: restart_quiet
-- Count the silence of all sources from this time on, unless it was told.
UPDATE quiet SET since = max(since, ?) WHERE told_after IS NULL;
