-- The words of everything that can be found. The ids of all kinds come from one source, so that they are unique over
-- kinds and newest first is highest first.
--@sqlite
CREATE TABLE search_entry (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    words TEXT NOT NULL
);
-- The words are cut and folded before they come here, with blanks between them: the tokenizer `ascii` cuts at the blanks
-- and leaves every other character alone, also those that are newer than this SQLite's tables of Unicode.
CREATE VIRTUAL TABLE search_words USING fts5(words, content = 'search_entry', content_rowid = 'id', tokenize = 'ascii');
--@postgresql
CREATE TABLE search_entry (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE INDEX search_entry_words ON search_entry USING GIN (words);
