CREATE TABLE alarm (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    due BIGINT NOT NULL,
    payload TEXT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX alarm_due ON alarm (due);

CREATE TABLE outbox (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    last_error TEXT
);
CREATE INDEX outbox_next ON outbox (state, next_at);
