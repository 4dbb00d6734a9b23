-- name: places
-- The place of every event; one that begins with `!` is a problem. The tables are joined as wholes,
-- because a million look-ups would take a hundred times as long. Only NOTIFY counts as an alert:
-- later steps do not change the place.
WITH told AS (
  SELECT lead, count(DISTINCT channel) AS channels FROM alert WHERE step = 'notify' GROUP BY lead
),
refining AS (SELECT lead, dead_at FROM task WHERE step = 'refine'),
notifying AS (
  SELECT task.lead, sum(dead_at IS NULL) AS alive, sum(dead_at IS NOT NULL) AS dead,
         sum(alert.lead IS NULL) AS channels
  FROM task LEFT JOIN (
    SELECT DISTINCT lead, channel FROM alert WHERE step = 'notify'
  ) alert USING (lead, channel)
  WHERE step = 'notify' GROUP BY task.lead
)
SELECT lead.n, lead.id,
  CASE
    WHEN raw.lead IS NULL THEN '!its raw words are missing'
    WHEN lead.fate = 'filtered' AND lead.why = 'retention' THEN 'retired'
    WHEN lead.fate = 'filtered' THEN 'filtered'
    WHEN lead.fate = 'folded' AND head.n IS NOT NULL THEN 'folded'
    WHEN lead.fate = 'folded' THEN '!the lead that it was folded into is missing'
    WHEN refining.lead IS NOT NULL AND refining.dead_at IS NULL THEN 'waiting'
    WHEN refining.lead IS NOT NULL THEN 'dead'
    WHEN refined.lead IS NULL THEN '!it is neither refined nor waiting nor dead'
    WHEN refined.status = 'quarantined' THEN 'quarantined'
    WHEN coalesce(told.channels, 0) + coalesce(notifying.channels, 0) BETWEEN 1
         AND refined.told - 1 THEN '!it is refined, but not every channel was told or will be'
    WHEN notifying.alive > 0 THEN 'alerting'
    WHEN notifying.dead > 0 THEN 'alert_dead'
    WHEN told.lead IS NOT NULL THEN 'alerted'
    WHEN refined.told = 0 THEN 'untold'
    ELSE '!it is refined, but nobody was told and no alert waits'
  END
FROM lead
LEFT JOIN raw ON raw.lead = lead.n
LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN refining ON refining.lead = lead.n
LEFT JOIN notifying ON notifying.lead = lead.n
LEFT JOIN told ON told.lead = lead.n
LEFT JOIN lead head ON head.n = lead.joined;

-- name: orphans
-- Rows without a lead, and the kind of each.
SELECT lead, 'a task without its lead' FROM task WHERE lead NOT IN (SELECT n FROM lead)
UNION ALL
SELECT lead, 'a refined lead without its capture' FROM refined
WHERE lead NOT IN (SELECT n FROM lead)
UNION ALL
SELECT lead, 'an alert without its lead' FROM alert WHERE lead NOT IN (SELECT n FROM lead)
UNION ALL
SELECT lead, 'a handling without its lead' FROM handling WHERE lead NOT IN (SELECT n FROM lead)
UNION ALL
SELECT lead, 'raw words without their lead' FROM raw WHERE lead NOT IN (SELECT n FROM lead);

-- name: count_events
-- How many events were accepted.
SELECT count(*) FROM lead;

-- name: count_duplicates
-- How many refined leads are duplicates.
SELECT count(*) FROM refined WHERE duplicate_of IS NOT NULL;

-- name: count_redeliveries
-- The number of redeliveries.
SELECT count(*) FROM history WHERE what = 'redelivered';

-- name: miscounted_days
-- Days and sources whose running counts differ from the events that are there.
SELECT day, source, sum(counted), sum(there) FROM (
  SELECT day, source, count AS counted, 0 AS there FROM tally
  WHERE what IN ('captured', 'folded', 'filtered')
  UNION ALL
  SELECT date(captured_at / 1000000, 'unixepoch'), source, 0, count(*) FROM lead
  GROUP BY 1, 2
) GROUP BY day, source HAVING sum(counted) <> sum(there);

-- name: counts
-- The running counts of all days and sources.
SELECT what, sum(count) FROM tally GROUP BY what;

-- name: count_alerts
-- How many messages destinations accepted, by step.
SELECT step, count(*) FROM alert GROUP BY step;
