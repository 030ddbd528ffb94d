-- Every version of every process that was ever deployed: the BPMN file as it was, named by its SHA-256, with its forms.
CREATE TABLE process_version (
    hash TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    xml TEXT NOT NULL,
    forms TEXT NOT NULL,
    source TEXT NOT NULL,
    deployed_at BIGINT NOT NULL,
    deployed_by BIGINT
);
CREATE INDEX process_version_key ON process_version (key, deployed_at);

-- The version new cases start on.
CREATE TABLE process_current (
    key TEXT PRIMARY KEY,
    hash TEXT NOT NULL REFERENCES process_version (hash),
    version BIGINT NOT NULL
);
