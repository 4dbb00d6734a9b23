-- name: views
SELECT id, name, account, shared, query FROM saved_view WHERE account = ? OR shared
ORDER BY name, id;

-- name: save_view
-- Nothing if the account has one of that name, or too many.
INSERT INTO saved_view (name, account, shared, query)
SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM saved_view WHERE account = ?2 AND name = ?1)
  AND (SELECT count(*) FROM saved_view WHERE account = ?2) < ?5
RETURNING id;

-- name: change_view
UPDATE saved_view AS one SET name = ?2, shared = ?3
WHERE id = ?1 AND NOT EXISTS (
  SELECT 1 FROM saved_view WHERE account = one.account AND name = ?2 AND id <> ?1
)
RETURNING id;

-- name: delete_view
DELETE FROM saved_view WHERE id = ? RETURNING id;

-- name: default_view
SELECT id, name, saved_view.account, shared, query
FROM default_view JOIN saved_view ON saved_view.id = view
WHERE default_view.account = ?1 AND (saved_view.account = ?1 OR shared);

-- name: make_default
INSERT INTO default_view (account, view)
SELECT ?1, id FROM saved_view WHERE id = ?2 AND (account = ?1 OR shared)
ON CONFLICT (account) DO UPDATE SET view = ?2
RETURNING view;

-- name: no_default
DELETE FROM default_view WHERE account = ?;

-- name: forget_default
DELETE FROM default_view WHERE view = ?;

-- name: forget_unseen_defaults
-- Of those who do not see the view any more.
DELETE FROM default_view WHERE NOT EXISTS (
  SELECT 1 FROM saved_view
  WHERE id = view AND (saved_view.account = default_view.account OR shared)
);
