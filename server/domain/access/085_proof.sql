-- When the session last proved by password or code who uses it: what is sensitive asks that it was a short while ago. Old
-- sessions have never done so.
ALTER TABLE browser_session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
