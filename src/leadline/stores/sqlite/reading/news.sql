-- name: seen_at
-- The last rows before the first ones of a time or later.
SELECT
  coalesce((SELECT min(n) - 1 FROM lead WHERE captured_at >= ?1), (SELECT max(n) FROM lead), 0),
  coalesce((SELECT min(n) - 1 FROM alert WHERE sent_at >= ?1), (SELECT max(n) FROM alert), 0),
  coalesce((SELECT min(n) - 1 FROM history WHERE at >= ?1), (SELECT max(n) FROM history), 0);

-- name: seen_now
-- The last rows.
SELECT
  coalesce((SELECT max(n) FROM lead), 0),
  coalesce((SELECT max(n) FROM alert), 0),
  coalesce((SELECT max(n) FROM history), 0);

-- name: events
-- Events after a row.
SELECT n, captured_at, fate, source, id, why FROM lead WHERE n > ? ORDER BY n LIMIT ?;

-- name: alerts
-- Messages after a row.
SELECT alert.n, sent_at, step, source, id, channel FROM alert JOIN lead ON lead.n = alert.lead
WHERE alert.n > ? ORDER BY alert.n LIMIT ?;

-- name: history
-- Lines of the history after a row.
SELECT history.n, at, what, source, id, detail FROM history JOIN lead ON lead.n = history.lead
WHERE history.n > ? ORDER BY history.n LIMIT ?;

-- name: last_alerts
-- The last message by each step and channel among the newest ones. With max(), SQLite takes the
-- other columns of a group from the row that has it.
SELECT last.n, at, step, source, id, channel
FROM (
  SELECT n, lead, max(sent_at) AS at, step, channel FROM alert
  WHERE n > (SELECT max(n) FROM alert) - ? GROUP BY step, channel
) AS last JOIN lead ON lead.n = last.lead;

-- name: last_lines
-- The last line of each kind, source and beginning of the detail among the newest ones.
SELECT history.n, max(at), what, source, id, detail FROM history JOIN lead ON lead.n = history.lead
WHERE history.n > (SELECT max(n) FROM history) - ?
GROUP BY what, source, substr(detail, 1, instr(detail || ':', ':') - 1);
