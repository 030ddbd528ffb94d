-- The words of every text that can be found, cut by the program (two Chinese characters are a word), so that neither
-- database needs a dictionary.
--@sqlite
CREATE VIRTUAL TABLE search_entry USING fts5(kind UNINDEXED, words, tokenize = "unicode61 remove_diacritics 0");
--@postgresql
CREATE TABLE search_entry (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE INDEX search_entry_words ON search_entry USING gin (words);
--@both
