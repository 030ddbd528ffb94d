-- How people get in: password hashes apart from the persons, sessions and tokens by the hash of their secret only.
CREATE TABLE sign_in (
    person BIGINT PRIMARY KEY REFERENCES person (id),
    password_hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    person BIGINT NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    remote TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE TABLE api_token (
    id BIGINT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    person BIGINT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX api_token_person ON api_token (person);
-- Failed tries per login and address, and per address alone (login ''): waits grow, nobody is locked out by others.
CREATE TABLE sign_in_failure (
    login_key TEXT NOT NULL,
    remote TEXT NOT NULL,
    count BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (login_key, remote)
);
