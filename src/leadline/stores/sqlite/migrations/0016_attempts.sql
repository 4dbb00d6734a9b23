-- The last attempts of a lead's tasks with what was sent and answered, packed (model/monitoring/attempts.py): a row
-- for each lead that has any.
CREATE TABLE tried (
  lead INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;
