-- name: texts
-- What is held of the events after a row number, oldest first.
SELECT n, id, (SELECT id FROM lead AS head WHERE head.n = lead.joined), source, captured_at,
       raw.raw, raw.body, refined.head, handling.body,
       (SELECT json_group_array(detail) FROM history WHERE history.lead = lead.n AND detail <> '')
FROM lead
LEFT JOIN raw ON raw.lead = n
LEFT JOIN refined ON refined.lead = n
LEFT JOIN handling ON handling.lead = n
WHERE n > ? ORDER BY n LIMIT ?;
