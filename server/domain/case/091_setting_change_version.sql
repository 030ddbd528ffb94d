-- The version of the setting that a change made: which one is the newest must not hang on the machine's clock, as ids do.
-- Of changes before this there is none; among those the ids decide.
ALTER TABLE setting_change ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
