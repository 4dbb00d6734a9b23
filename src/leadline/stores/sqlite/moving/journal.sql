-- name: create_notes
-- The journal of a move: how far each lead is.
CREATE TABLE IF NOT EXISTS note (
  lead BLOB PRIMARY KEY, agreed BLOB, copying BLOB, towards TEXT
) STRICT, WITHOUT ROWID;

-- name: notes
-- How far leads are.
SELECT lead, agreed, copying, towards FROM note WHERE lead IN ();

-- name: begin
-- Note what is about to be copied, and where to.
INSERT INTO note (lead, agreed, copying, towards) VALUES ()
ON CONFLICT DO UPDATE SET copying = excluded.copying, towards = excluded.towards;

-- name: agree
-- Note what both sides agree on.
INSERT INTO note (lead, agreed, copying, towards) VALUES ()
ON CONFLICT DO UPDATE SET agreed = excluded.agreed, copying = NULL, towards = NULL;
