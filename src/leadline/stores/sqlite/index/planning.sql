-- name: number
-- How many leads a selection has, counted up to a number.
SELECT count(*) FROM (SELECT 1 FROM facet {access} WHERE {selection} LIMIT ?);

-- name: all_leads
-- About how many events there are: rows are never deleted.
SELECT reached FROM state;

-- name: found
-- How many leads the search table finds, counted up to a number.
SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?);

-- name: row_numbers
-- The row numbers of a selection, in no order.
SELECT facet.n FROM facet {access} WHERE {selection} LIMIT ?;

-- name: these
-- Condition: the lead has one of these row numbers.
facet.n IN (SELECT value FROM json_each(?));

-- name: other_events
-- How many events are no leads, counted up to a number.
SELECT count(*) FROM (
  SELECT 1 FROM facet INDEXED BY facet_status WHERE status IN ('filtered', 'folded') LIMIT ?
);

-- name: others_so
-- How many events meet a condition and are no leads.
SELECT count(*) FROM facet INDEXED BY facet_status
WHERE facet.status IN ('filtered', 'folded') AND ({check});
