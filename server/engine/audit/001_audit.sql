-- The audit: entries chained by hashes, one chain for each case and one for the system.
CREATE TABLE audit (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_at ON audit (at);

-- Where each chain ends. `leaf` is its place in the Merkle tree, given by the first checkpoint that meets it (not by
-- its first entry, so that new cases do not queue for a number); `covered` the newest entry that the tree stands for.
CREATE TABLE audit_chain (
    chain TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL,
    leaf BIGINT UNIQUE,
    covered BIGINT NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX audit_chain_changed ON audit_chain (chain) WHERE changed = 1;

-- The tree over the chains' heads as the newest checkpoint signed it: level 0 holds the leaves.
CREATE TABLE audit_node (
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
);

CREATE TABLE audit_checkpoint (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    chains BIGINT NOT NULL,
    root BLOB NOT NULL,
    previous BLOB NOT NULL,
    signature BLOB NOT NULL,
    public_key BLOB NOT NULL
);
