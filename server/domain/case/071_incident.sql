-- Where a process stands and cannot go on until somebody repairs what is wrong; gone when it goes on.
CREATE TABLE incident (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    instance BIGINT NOT NULL,
    element TEXT NOT NULL,
    code TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (case_id, instance)
);
CREATE INDEX incident_at ON incident (at, case_id);
