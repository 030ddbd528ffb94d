-- Where things stand, and the things: sites and assets (hardware and software systems).
CREATE TABLE site (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    organisation BIGINT REFERENCES organisation (id),
    region TEXT,
    address TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX site_organisation ON site (organisation, id);
CREATE INDEX site_name ON site (name_key);

CREATE TABLE asset (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    class TEXT NOT NULL,
    model TEXT,
    serial TEXT,
    ip TEXT,
    site BIGINT REFERENCES site (id),
    organisation BIGINT REFERENCES organisation (id),
    parent BIGINT REFERENCES asset (id),
    version BIGINT NOT NULL
);
CREATE INDEX asset_organisation ON asset (organisation, id);
CREATE INDEX asset_site ON asset (site, id);
CREATE INDEX asset_name ON asset (name_key);
