-- The CRC-32 of what is in the column of the same name; NULL: an earlier version wrote it, and
-- nobody can say whether it is what was written then.
ALTER TABLE raw ADD COLUMN raw_sum INTEGER;
ALTER TABLE raw ADD COLUMN body_sum INTEGER;
ALTER TABLE refined ADD COLUMN head_sum INTEGER;
ALTER TABLE handling ADD COLUMN body_sum INTEGER;
