-- Whose text the data of a chart come from, where others than the member who asked for it: it is theirs to see and to erase.
CREATE TABLE chart_authors (
    message_id BIGINT NOT NULL REFERENCES charts (message_id) ON DELETE CASCADE ON UPDATE CASCADE,
    author_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, author_id)
);

CREATE INDEX chart_authors_author ON chart_authors (author_id);

-- Of tokens and micros, what running jobs hold back; the rest is spent.
ALTER TABLE usage_days ADD COLUMN held_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_days ADD COLUMN held_micros BIGINT NOT NULL DEFAULT 0;

-- 0: what the call used is known. 1: it is under way, and its row says what it may use at most. 2: it ended without a word of what it
-- used, and the most counts until that is known.
ALTER TABLE model_calls ADD COLUMN estimated BIGINT NOT NULL DEFAULT 0;

-- Only unfinished jobs need the settings they began with; those of failed ones held system prompts that had long been replaced.
UPDATE jobs SET settings = NULL WHERE ended_ms IS NOT NULL AND settings IS NOT NULL;

-- As pages of the log are asked for: direct messages and the operator have no server, which is 0 there.
DROP INDEX audit_guild;
CREATE INDEX audit_server ON audit ((COALESCE(guild_id, 0)), id);

-- 1: its holder gave it back. 2: it was taken over after that. 0: it was held until its end or its holder's.
ALTER TABLE jobs ADD COLUMN handover BIGINT NOT NULL DEFAULT 0;

-- Words to a channel's members are kept by channel; those of before named the member.
DELETE FROM alerts WHERE kind LIKE 'notice:%:%';
