-- Files that were brought to be imported. Their bytes lie in the data folder under the id; both are gone after a day.
CREATE TABLE import_upload (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX import_upload_at ON import_upload (at);
