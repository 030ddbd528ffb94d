-- What browsers are told while it happens. Kept for a while, so that a browser that was away for a moment misses nothing.
--@sqlite
CREATE TABLE live_event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    topic TEXT NOT NULL,
    case_id BIGINT,
    data TEXT NOT NULL
);
--@postgresql
-- Several transactions write at once, and a sequence alone would let a reader pass over a number that is committed late.
-- A number therefore begins with the transaction's own, and readers stop below the oldest one still running. The
-- sequence only keeps the events of one transaction apart.
CREATE SEQUENCE live_sequence;
CREATE TABLE live_event (
    number BIGINT PRIMARY KEY
        DEFAULT ((CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) << 16) | (nextval('live_sequence') & 65535)),
    at BIGINT NOT NULL,
    topic TEXT NOT NULL,
    case_id BIGINT,
    data TEXT NOT NULL
);
--@both
CREATE INDEX live_event_at ON live_event (at);

-- The highest number that has been thrown away: whoever has not read that far must load anew.
CREATE TABLE live_pruned (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    number BIGINT NOT NULL
);
INSERT INTO live_pruned (only_one, number) VALUES (1, 0);
