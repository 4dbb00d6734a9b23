-- account: the account that made the token, '' if it was made by a command on the machine. Tokens
-- that are there already count as made by the account that has the name of who made them.
ALTER TABLE token ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE token SET account = made_by WHERE made_by IN (SELECT name FROM account);
