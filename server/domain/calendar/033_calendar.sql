-- Working calendars and the public holidays of each year, as an administrator keeps them.
CREATE TABLE working_calendar (
    key TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE TABLE holiday_year (
    year INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    version BIGINT NOT NULL
);
