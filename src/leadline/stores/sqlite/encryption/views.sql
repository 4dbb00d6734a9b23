-- name: view
-- Template: a view of a table, which opens what is sealed in it, and which statements meet in its place.
CREATE TEMP VIEW {table} AS SELECT {columns} FROM main.{table};
