-- name: place
-- The place of a lead in an order.
SELECT n, {column}, captured_at FROM facet WHERE id = ?;

-- name: rows
-- Leads of a selection with the value they are sorted by, in order.
SELECT facet.n, facet.id, facet.{column} FROM facet {access}
WHERE {selection} ORDER BY facet.{column} {direction}, facet.n {direction} LIMIT ?;

-- name: values
-- The values of the latest leads of a selection.
SELECT facet.source, facet.campaign, facet.owner, facet.status FROM facet {access}
WHERE {selection} ORDER BY facet.captured_at DESC, facet.n DESC LIMIT ?;

-- name: after
-- Condition: the lead comes after another in ascending order.
(facet.{column}, facet.n) > (?, ?);

-- name: before
-- Condition: the lead comes after another in descending order.
(facet.{column}, facet.n) < (?, ?);
