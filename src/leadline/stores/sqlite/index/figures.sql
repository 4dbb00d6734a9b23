-- name: figures
-- Figures of whole days, and of the parts of days before and after them, by some columns.
SELECT {columns} sum(captured), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted),
       sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
FROM (
  SELECT day, source, campaign, owner, captured, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM figure WHERE day BETWEEN ? AND ?
  UNION ALL
  SELECT day, source, campaign, owner, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
  UNION ALL
  SELECT day, source, campaign, owner, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
) {groups};

-- name: totals
-- The same by one value alone.
SELECT {columns} sum(captured), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted),
       sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
FROM (
  SELECT day, value, captured, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM total WHERE kind = ? AND day BETWEEN ? AND ?
  UNION ALL
  SELECT day, {value}, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
  UNION ALL
  SELECT day, {value}, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates, dead, quarantined
  FROM counted WHERE captured_at >= ? AND captured_at < ?
) {groups};

-- name: bars
-- Numbers of leads by steps of time and source.
SELECT at, source, captured FROM bar
WHERE step = ? AND at >= ? AND at < ? AND captured > 0 ORDER BY at, source;

-- name: hours
-- Numbers of leads by hours.
SELECT at, sum(captured) FROM bar WHERE step = 3600 AND at >= ? AND at < ? GROUP BY at;
