-- The mailboxes a centre is written to. Passwords are sealed under a key that lies beside the database, not in it.
CREATE TABLE mailbox (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    imap_host TEXT NOT NULL,
    imap_port BIGINT NOT NULL,
    imap_security TEXT NOT NULL,
    imap_login TEXT NOT NULL,
    imap_password TEXT NOT NULL,
    smtp_host TEXT NOT NULL,
    smtp_port BIGINT NOT NULL,
    smtp_security TEXT NOT NULL,
    smtp_login TEXT NOT NULL,
    smtp_password TEXT NOT NULL,
    folder TEXT NOT NULL,
    after_taking TEXT NOT NULL,
    processed TEXT NOT NULL,
    receipts INTEGER NOT NULL,
    subject_tag INTEGER NOT NULL,
    plus_address INTEGER NOT NULL,
    active INTEGER NOT NULL,
    -- How far the folder has been read: mails up to `last_uid` of this numbering are done. Mails up to `history_uid` that
    -- had been read before the mailbox was connected are its past and make no cases.
    uidvalidity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    history_uid BIGINT NOT NULL,
    last_checked_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX mailbox_address ON mailbox (lower(address)) WHERE removed_at IS NULL;

-- Every mail taken and every mail sent. `peer` is the other side's address in small letters; `raw` names the bytes.
CREATE TABLE mail (
    id BIGINT PRIMARY KEY,
    mailbox BIGINT NOT NULL REFERENCES mailbox (id),
    direction TEXT NOT NULL,
    uidvalidity BIGINT,
    uid BIGINT,
    message_id TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    refs TEXT NOT NULL,
    case_id BIGINT REFERENCES cases (id),
    entry BIGINT REFERENCES timeline (id),
    raw TEXT,
    peer TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    html TEXT,
    problems TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    receipt INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (mailbox, uidvalidity, uid)
);
CREATE UNIQUE INDEX mail_sent ON mail (message_id) WHERE direction = 'out';
CREATE INDEX mail_message ON mail (message_id);
CREATE INDEX mail_case ON mail (case_id, id);
CREATE INDEX mail_peer ON mail (peer, id);
CREATE INDEX mail_raw ON mail (raw);
CREATE INDEX mail_of_mailbox ON mail (mailbox, id);
-- Taken, but still lying in the folder.
CREATE INDEX mail_unfiled ON mail (mailbox, uidvalidity, uid) WHERE direction = 'in' AND ended_at IS NULL;

-- Whoever writes is looked up by address.
CREATE INDEX person_email ON person (lower(email));
