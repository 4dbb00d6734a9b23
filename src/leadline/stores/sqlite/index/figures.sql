-- name: figures
-- Figures of whole days, with two parts of days added or (sign -1) taken off, by some columns.
SELECT {columns} sum(sign * captured), sum(sign * valid), sum(sign * single), sum(sign * told),
       sum(sign * claimed), sum(sign * contacted), sum(sign * won), sum(sign * lost), sum(sign * junk),
       sum(sign * duplicates), sum(sign * dead), sum(sign * quarantined)
FROM (
  SELECT day, source, campaign, owner, 1 AS sign, captured, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM figure WHERE day BETWEEN ? AND ?
  UNION ALL
  SELECT day, source, campaign, owner, ?, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
  UNION ALL
  SELECT day, source, campaign, owner, ?, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
) {groups};

-- name: totals
-- The same by one value alone.
SELECT {columns} sum(sign * captured), sum(sign * valid), sum(sign * single), sum(sign * told),
       sum(sign * claimed), sum(sign * contacted), sum(sign * won), sum(sign * lost), sum(sign * junk),
       sum(sign * duplicates), sum(sign * dead), sum(sign * quarantined)
FROM (
  SELECT day, value, 1 AS sign, captured, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM total WHERE kind = ? AND day BETWEEN ? AND ?
  UNION ALL
  SELECT day, {value}, ?, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
  UNION ALL
  SELECT day, {value}, ?, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
) {groups};

-- name: newest
-- When the latest lead was captured.
SELECT coalesce(max(captured_at), 0) FROM facet;

-- name: bars
-- Numbers of leads by steps of time and source.
SELECT at, source, captured FROM bar
WHERE step = ? AND at >= ? AND at < ? AND captured > 0 ORDER BY at, source;

-- name: hours
-- Numbers of leads by hours.
SELECT at, sum(captured) FROM bar WHERE step = 3600 AND at >= ? AND at < ? GROUP BY at;
