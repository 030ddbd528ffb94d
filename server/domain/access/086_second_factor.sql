-- A second factor (RFC 6238): its secret is sealed under a key that lies beside the database. It counts once a code has
-- confirmed it; a code of `last_step` or before it is used up.
CREATE TABLE second_factor (
    person BIGINT PRIMARY KEY REFERENCES person (id),
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);

-- Of recovery codes, and of codes by which a forgotten password is set anew, the SHA-256 is kept.
CREATE TABLE recovery_code (
    person BIGINT NOT NULL REFERENCES person (id),
    code_hash BLOB NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person, code_hash)
);

CREATE TABLE password_reset (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    code_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX password_reset_person ON password_reset (person, created_at);
CREATE INDEX password_reset_expires ON password_reset (expires_at);
