-- name: followed
-- Refined leads of a selection with the time of their first alert, and whether they went from one
-- owner to another, before a row number.
SELECT lead.n, lead.id, refined.head, refined.head_sum, handling.body, handling.body_sum,
       (SELECT min(sent_at) FROM alert WHERE alert.lead = lead.n AND step = 'notify'),
       EXISTS (SELECT 1 FROM history WHERE history.lead = lead.n AND what GLOB ?)
FROM lead LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN handling ON handling.lead = lead.n
WHERE {selection} AND refined.status = 'refined' AND lead.n < ?;

-- name: latest_first
-- Template: the order of these leads, and how many there are at most.
ORDER BY lead.n DESC LIMIT ?;

-- name: last_refined
-- The row of the newest lead that is refined.
SELECT ifnull(max(lead), 0) FROM refined;

-- name: on_hold
-- Leads on hold: their refinement is due at a time in the far future.
SELECT id FROM task JOIN lead ON lead.n = task.lead
WHERE step = 'refine' AND task.channel = '' AND dead_at IS NULL AND due_at >= ?
ORDER BY task.lead;
