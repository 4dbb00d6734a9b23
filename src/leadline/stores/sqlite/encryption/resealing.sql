-- name: rows
-- Template: the next rows of a table, as they are stored, in the order of its key.
SELECT {columns} FROM main.{table} WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT ?;

-- name: first_rows
-- Template: the first rows of a table.
SELECT {columns} FROM main.{table} ORDER BY {key} LIMIT ?;

-- name: keep
-- Template: replace what is stored in a row.
UPDATE main.{table} SET {settings} WHERE {condition};

-- name: counted
-- Template: how many values of a column are under each data key, and how many under none (0).
SELECT key_of({column}), count(*) FROM main.{table} GROUP BY 1;
