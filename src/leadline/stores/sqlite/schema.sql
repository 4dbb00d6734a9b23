-- name: of_a_new_file
-- Note the rules by which the leads of a new file come under their keys.
UPDATE likeness_made SET keyed = ?;
