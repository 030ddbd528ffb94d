-- What the end user has at home. Keys are compared byte by byte on both databases, because a prefix is looked for
-- between two of them: that finds one of hundred thousands without reading the others.
CREATE TABLE terminal (
    id BIGINT PRIMARY KEY,
    serial TEXT NOT NULL,
    --@sqlite
    serial_key TEXT NOT NULL,
    customer_key TEXT,
    --@postgresql
    serial_key TEXT COLLATE "C" NOT NULL,
    customer_key TEXT COLLATE "C",
    --@both
    kind TEXT NOT NULL,
    model TEXT,
    customer_name TEXT,
    phone TEXT,
    address TEXT,
    region TEXT,
    organisation BIGINT REFERENCES organisation (id),
    site BIGINT REFERENCES site (id),
    installed_on TEXT,
    state TEXT NOT NULL,
    note TEXT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX terminal_serial ON terminal (serial_key);
CREATE INDEX terminal_customer ON terminal (customer_key);
CREATE INDEX terminal_organisation ON terminal (organisation, id);
CREATE INDEX terminal_site ON terminal (site, id);
CREATE INDEX terminal_region ON terminal (region, id);
CREATE INDEX terminal_state ON terminal (state, id);
