-- What is to be done outside the database, once the transaction that wants it has been committed. `due` is when it is to
-- be tried next, or when the lease of whoever is trying ends; NULL when it is over.
CREATE TABLE job (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'done', 'dead')),
    due BIGINT,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    changed BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX job_due ON job (due) WHERE due IS NOT NULL;
CREATE INDEX job_over ON job (state, changed) WHERE due IS NULL;

-- What is to be done inside the database when its time comes. `due` is NULL for one that has failed too often.
CREATE TABLE alarm (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    due BIGINT,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT
);
CREATE INDEX alarm_due ON alarm (due) WHERE due IS NOT NULL;
