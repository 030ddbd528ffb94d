-- How persons get in. Of passwords the Argon2id hash is kept, of tokens their SHA-256: whoever reads the database can
-- sign in with neither.
CREATE TABLE password (
    person BIGINT PRIMARY KEY REFERENCES person (id),
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- A browser that is signed in.
CREATE TABLE browser_session (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    token_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    remote TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX browser_session_person ON browser_session (person, seen_at);
CREATE INDEX browser_session_seen ON browser_session (seen_at);

-- A program that calls the API in a person's name; expires_at NULL is until revoked.
CREATE TABLE api_token (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    seen_at BIGINT
);
CREATE INDEX api_token_person ON api_token (person, id);

-- Failed tries, by login and place and by place alone. The key is a hash, since people type passwords into login fields.
CREATE TABLE sign_in_try (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_try_last ON sign_in_try (last_at);
