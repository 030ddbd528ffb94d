-- What has to be made findable anew since the search has other tables, and up to which id that is done; a row goes when
-- nothing is left. A new centre has none.
CREATE TABLE search_rebuild (
    source TEXT PRIMARY KEY,
    done_to BIGINT NOT NULL
);
INSERT INTO search_rebuild (source, done_to) SELECT 'person', 0 WHERE EXISTS (SELECT 1 FROM person);
INSERT INTO search_rebuild (source, done_to) SELECT 'organisation', 0 WHERE EXISTS (SELECT 1 FROM organisation);
INSERT INTO search_rebuild (source, done_to) SELECT 'site', 0 WHERE EXISTS (SELECT 1 FROM site);
INSERT INTO search_rebuild (source, done_to) SELECT 'asset', 0 WHERE EXISTS (SELECT 1 FROM asset);
INSERT INTO search_rebuild (source, done_to) SELECT 'case', 0 WHERE EXISTS (SELECT 1 FROM cases);
