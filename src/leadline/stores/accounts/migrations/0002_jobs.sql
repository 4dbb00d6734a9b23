-- Jobs of the dashboard, so that they can be undone after it was started again. process: the one that
-- does it, 0 when it has ended; body: JSON.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    process INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the leads of a job had before, in the order in which they were changed; body: JSON.
CREATE TABLE job_had (
    job TEXT NOT NULL REFERENCES job (id),
    n INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
