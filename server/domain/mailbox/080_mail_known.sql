-- What tells one mail from every other, by whatever way and under whatever number it comes: a hash over its id, its date
-- and what it says. Mails from before have none.
ALTER TABLE mail ADD COLUMN fingerprint TEXT;
CREATE INDEX mail_fingerprint ON mail (fingerprint);
CREATE INDEX mail_peer_at ON mail (peer, at);

-- Mails that could not be taken and are tried again at `next_at`; after the last try they become rows of `mail` with
-- the outcome 'failed'.
CREATE TABLE mail_trouble (
    mailbox BIGINT NOT NULL REFERENCES mailbox (id),
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox, uidvalidity, uid)
);
