-- The words of what is offered while somebody types, each with its weight: a plain table, because "which have most of
-- these words" is counted, and both databases count the same.
CREATE TABLE search_similar (
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    id BIGINT NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (kind, word, id)
);
CREATE INDEX search_similar_id ON search_similar (id);
