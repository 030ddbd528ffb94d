-- Search over everything: what an entry belongs to, and how names sound. What was there
-- before is made findable again when the program starts (main/093_search_rebuild.sql).
--@sqlite
DROP TABLE search_words;
DROP TABLE search_entry;
CREATE TABLE search_entry (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    of_case BIGINT,
    words TEXT NOT NULL
);
-- Words of Latin letters are found while they are typed: their beginnings have lists of their own. Words of Chinese have
-- two characters and so none.
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content = 'search_entry', content_rowid = 'id', tokenize = 'ascii', prefix = '3 4 5 6'
);
CREATE TABLE search_sound (
    sound TEXT NOT NULL,
    initials INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (initials, sound, text)
);
--@postgresql
DROP TABLE search_entry;
CREATE TABLE search_entry (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    of_case BIGINT,
    words TSVECTOR NOT NULL
);
CREATE INDEX search_entry_words ON search_entry USING GIN (words);
CREATE TABLE search_sound (
    sound TEXT COLLATE "C" NOT NULL,
    initials INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (initials, sound, text)
);
--@both
CREATE INDEX search_entry_case ON search_entry (of_case);
