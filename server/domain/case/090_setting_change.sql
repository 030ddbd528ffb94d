-- Every change of a setting, so that it can be seen and taken back. `undoes` is the change that it took back.
CREATE TABLE setting_change (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_person BIGINT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    undoes BIGINT
);
CREATE INDEX setting_change_key ON setting_change (key, id);
