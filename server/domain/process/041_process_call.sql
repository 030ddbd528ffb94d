-- Which version of a process another one calls: the one that was current when the caller was deployed, or the first
-- there was afterwards.
CREATE TABLE process_call (
    hash TEXT NOT NULL REFERENCES process_version (hash),
    key TEXT NOT NULL,
    called_hash TEXT NOT NULL REFERENCES process_version (hash),
    PRIMARY KEY (hash, key)
);
