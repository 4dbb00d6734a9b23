-- name: traits
-- Refined leads by number with what they are compared by, and the first lead of their cluster (NULL: itself).
SELECT lead.n, id, captured_at, traits, duplicate_of
FROM likeness JOIN lead ON lead.n = likeness.lead JOIN refined ON refined.lead = lead.n
WHERE lead.n IN ();

-- name: firsts
-- The ids of first leads, and where an earlier version made a chain the lead before.
SELECT lead.n, id, duplicate_of FROM lead JOIN refined ON refined.lead = lead.n WHERE lead.n IN ();

-- name: heads
-- Refined documents of leads by number, without the original data.
SELECT CAST(lead AS TEXT), head FROM refined WHERE status = 'refined' AND lead IN ();

-- name: captures
-- Leads by number: ids, times of capture, and the first lead of their cluster.
SELECT lead.n, id, captured_at, duplicate_of
FROM lead JOIN refined ON refined.lead = lead.n WHERE lead.n IN ();

-- name: members
-- The members of a cluster, its first lead included, also where an earlier version made a chain of
-- it; no lead if that one is not the first.
WITH RECURSIVE member (n) AS (
  SELECT lead FROM refined WHERE lead = ?1 AND duplicate_of IS NULL
  UNION
  SELECT lead FROM refined JOIN member ON duplicate_of = member.n
  LIMIT 1000
)
SELECT n FROM member
WHERE n IN (SELECT lead FROM likeness)
  OR (SELECT made.n < last AND keyed >= 0 FROM likeness_made AS made)
ORDER BY n LIMIT ?2;

-- name: is_made
-- Whether leads that an earlier version refined have their likeness and are under their keys, if
-- only by the rules of an earlier version.
SELECT (n >= last AND keyed) OR keyed < 0 FROM likeness_made;

-- name: children
-- The other members of clusters by the first lead, and whether they have a likeness.
SELECT duplicate_of, lead, EXISTS (SELECT 1 FROM likeness WHERE likeness.lead = refined.lead)
FROM refined WHERE duplicate_of IN ();
