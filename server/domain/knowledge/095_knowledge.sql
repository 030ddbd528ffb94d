-- The knowledge base: articles with their versions, who wrote in each, and where they were used.
-- `title`, `category` and `audience` are those of the published version, or while there is none of the newest.
-- `pending`: how far a newer version than the published one is (draft, in-review). `text_id` names all the words of an
-- article in the search, its own id those by which somebody reports the matter.
CREATE TABLE article (
    id BIGINT PRIMARY KEY,
    text_id BIGINT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    audience TEXT NOT NULL,
    state TEXT NOT NULL,
    pending TEXT,
    published BIGINT,
    latest BIGINT NOT NULL,
    owner BIGINT NOT NULL,
    review_due TEXT,
    expires TEXT,
    from_case BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX article_state ON article (state, id);
CREATE INDEX article_category ON article (category, id);
CREATE INDEX article_from_case ON article (from_case);

CREATE TABLE article_version (
    article BIGINT NOT NULL REFERENCES article (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    audience TEXT NOT NULL,
    symptom TEXT NOT NULL,
    solution TEXT NOT NULL,
    answer TEXT NOT NULL,
    why TEXT,
    written_by BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    reviewed_by BIGINT,
    reviewed_at BIGINT,
    returned TEXT,
    PRIMARY KEY (article, number)
);

-- Everybody who wrote in a version: none of them may review it.
CREATE TABLE article_writer (
    article BIGINT NOT NULL,
    number BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (article, number, person)
);

-- On which case an article was used, once for each. Category and class of asset are the case's at that moment: what
-- solved such cases is counted by them.
CREATE TABLE article_use (
    id BIGINT PRIMARY KEY,
    article BIGINT NOT NULL REFERENCES article (id),
    number BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    at BIGINT NOT NULL,
    solved INTEGER NOT NULL,
    category TEXT,
    class TEXT,
    UNIQUE (article, case_id)
);
CREATE INDEX article_use_at ON article_use (article, at);
CREATE INDEX article_use_case ON article_use (case_id);
