-- The answer a POST with an Idempotency-Key was given, kept for a day so that a repeated one gets the same.
CREATE TABLE idempotency (
    person BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    version BIGINT,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
