-- name: is_there
-- Whether the file is of a version that can encrypt: one row if so.
SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'encryption';

-- name: state
-- Whether personal data is encrypted, with the number of the newest data key.
SELECT state, reference, tag, all_under, (SELECT coalesce(max(number), 0) FROM data_key) FROM encryption;

-- name: keys
-- The data keys, wrapped.
SELECT number, wrapped, master FROM data_key ORDER BY number;

-- name: begin
-- Note that new values are sealed, where the master key is, and by what they are recognised. In a
-- file without any, all values are under the first data key.
UPDATE encryption SET state = 'on', reference = ?, tag = ?,
                      all_under = iif(EXISTS (SELECT 1 FROM main.lead UNION ALL SELECT 1 FROM main.document
                                  UNION ALL SELECT 1 FROM main.suppressed), NULL, 1);

-- name: nothing_to_make_anew
-- Note the rules of candidate keys, if no lead is under any.
UPDATE likeness_made SET keyed = ? WHERE NOT EXISTS (SELECT 1 FROM main.refined) AND keyed > 0;

-- name: add_key
-- Add a data key.
INSERT INTO data_key (number, wrapped, master, made_at) VALUES (?, ?, ?, ?);

-- name: rewrap
-- Keep a data key wrapped under another master key.
UPDATE data_key SET wrapped = ?, master = ? WHERE number = ?;

-- name: refer
-- Note where the master key is.
UPDATE encryption SET reference = ?;

-- name: leave
-- Note that values are to be opened for good.
UPDATE encryption SET state = 'leaving', all_under = NULL;

-- name: stay
-- Note that new values are sealed after all, and all others are to be.
UPDATE encryption SET state = 'on', all_under = NULL;

-- name: reseal_again
-- Note that not all values are under the newest data key.
UPDATE encryption SET all_under = NULL;

-- name: note_all_under
-- Note that all values are under a data key.
UPDATE encryption SET all_under = ?;

-- name: drop_earlier_keys
-- Remove the data keys under which no value is any more.
DELETE FROM data_key WHERE number NOT IN (0, ?);

-- name: end
-- Note that no value is sealed any more.
UPDATE encryption SET state = 'left', reference = '', all_under = 0;

-- name: drop_keys
-- Remove all data keys.
DELETE FROM data_key;
