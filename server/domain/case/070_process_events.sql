-- Which signals the process of a running case can hear; a row goes when the case ends.
CREATE TABLE case_hears (
    signal TEXT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    PRIMARY KEY (signal, case_id)
);
CREATE INDEX case_hears_case ON case_hears (case_id);

-- Processes that start by a timer: since when it counts, and how often it has started one.
CREATE TABLE process_timer (
    key TEXT NOT NULL,
    element TEXT NOT NULL,
    hash TEXT NOT NULL,
    since BIGINT NOT NULL,
    fired BIGINT NOT NULL,
    PRIMARY KEY (key, element)
);
