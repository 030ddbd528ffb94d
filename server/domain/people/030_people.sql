-- Who there is: the company's units, outside organisations, persons, and what they may do when. `*_key` columns hold
-- the text folded (case, width), for searching and for uniqueness.
CREATE TABLE department (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    parent BIGINT REFERENCES department (id),
    version BIGINT NOT NULL
);
CREATE INDEX department_parent ON department (parent);

CREATE TABLE organisation (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    region TEXT,
    address TEXT,
    phone TEXT,
    note TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX organisation_kind ON organisation (kind, id);
CREATE INDEX organisation_name ON organisation (name_key);

-- A person with a login is staff or an outside party's person who signs in; a contact has none.
CREATE TABLE person (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    login TEXT,
    login_key TEXT UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    department BIGINT REFERENCES department (id),
    organisation BIGINT REFERENCES organisation (id),
    phone TEXT,
    email TEXT,
    locale TEXT NOT NULL,
    active INTEGER NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX person_name ON person (name_key);
CREATE INDEX person_department ON person (department, id);
CREATE INDEX person_organisation ON person (organisation, id);
CREATE INDEX person_active ON person (active, id);

-- The telephone numbers of persons and organisations, digits only without country code. `tail` (the last seven digits)
-- finds the candidates for a number that came with or without an area code.
CREATE TABLE phone_number (
    owner BIGINT NOT NULL,
    owner_kind TEXT NOT NULL,
    digits TEXT NOT NULL,
    tail TEXT NOT NULL,
    PRIMARY KEY (owner, digits)
);
CREATE INDEX phone_number_digits ON phone_number (digits);
CREATE INDEX phone_number_tail ON phone_number (tail);

-- A role given to a person, within a scope and between dates; valid_until NULL is without end.
CREATE TABLE role_grant (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    given_by BIGINT REFERENCES person (id)
);
CREATE INDEX role_grant_person ON role_grant (person, role);
CREATE INDEX role_grant_role ON role_grant (role);

-- Who holds a person's roles (or one of them) in their stead, between dates.
CREATE TABLE deputy (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    deputy BIGINT NOT NULL REFERENCES person (id),
    role TEXT,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    given_by BIGINT REFERENCES person (id)
);
CREATE INDEX deputy_person ON deputy (person);
CREATE INDEX deputy_deputy ON deputy (deputy);
