-- name: values
-- The values of a column, each found behind the one before in an index that begins with it.
WITH RECURSIVE one (value) AS (
  SELECT min({column}) FROM facet {access}
  UNION ALL
  SELECT (SELECT min({column}) FROM facet {access} WHERE {column} > one.value)
  FROM one WHERE one.value IS NOT NULL
)
SELECT value FROM one WHERE value IS NOT NULL;

-- name: has_this
-- Condition: the lead has this value.
facet.{column} = ?;

-- name: has_value
-- Condition: the lead has a value to be sorted by.
facet.{column} IS NOT NULL;

-- name: has_no_value
-- Condition: the lead has no value to be sorted by.
facet.{column} IS NULL;
