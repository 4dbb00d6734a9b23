-- name: begin_reading
-- Read something: a read transaction begins with its first read.
SELECT count(*) FROM tally;
