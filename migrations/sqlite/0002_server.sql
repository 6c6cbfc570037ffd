-- What a server's admins and members need: limits, usage, settings, the audit log, charts that can be drawn again, alerts, and the
-- operator's switches.

-- Of a refused job: which limit, and when to try again (JSON without a member's text).
ALTER TABLE jobs ADD COLUMN refusal TEXT;
-- Of an interaction: the token that answers it, a secret for a quarter of an hour. Erased when the job ends.
ALTER TABLE jobs ADD COLUMN interaction_token TEXT;
ALTER TABLE jobs ADD COLUMN interaction_until_ms BIGINT;
-- The counters in which this job's question was counted (JSON), and what it holds back of tokens and money until the call is paid.
ALTER TABLE jobs ADD COLUMN counted TEXT;
ALTER TABLE jobs ADD COLUMN reserved_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN reserved_micros BIGINT NOT NULL DEFAULT 0;
-- When the member had their text erased: none is written to this job after that.
ALTER TABLE jobs ADD COLUMN erased_ms BIGINT;

-- The few jobs that still hold text after their end: what retention looks through.
CREATE INDEX jobs_text ON jobs (ended_ms) WHERE ended_ms IS NOT NULL AND request IS NOT NULL;

-- One row for each counter and day. Scope 'everyone' and 'guild' have the server's id (0 for everyone and for direct messages) as their
-- own, 'role' and 'member' the role's and the member's. Days are counted from 1970 at the server's own midnight.
CREATE TABLE usage_days (
    scope TEXT NOT NULL CHECK (scope IN ('everyone', 'guild', 'role', 'member')),
    guild_id BIGINT NOT NULL,
    scope_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    questions BIGINT NOT NULL DEFAULT 0,
    -- Including what running jobs hold back.
    tokens BIGINT NOT NULL DEFAULT 0,
    micros BIGINT NOT NULL DEFAULT 0,
    tokens_in BIGINT NOT NULL DEFAULT 0,
    tokens_out BIGINT NOT NULL DEFAULT 0,
    model_calls BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (scope, guild_id, scope_id, day)
);

CREATE INDEX usage_days_day ON usage_days (day);
CREATE INDEX usage_days_member ON usage_days (scope_id, scope);

-- When each member last asked something that was accepted. The row is also the lock under which a member's limits are checked.
CREATE TABLE cooldowns (
    guild_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (guild_id, member_id)
);

CREATE INDEX cooldowns_last ON cooldowns (last_ms);
CREATE INDEX cooldowns_member ON cooldowns (member_id);

-- What each model call used. The key makes counting it twice impossible.
CREATE TABLE model_calls (
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    call BIGINT NOT NULL,
    model TEXT NOT NULL,
    tokens_in BIGINT NOT NULL,
    tokens_out BIGINT NOT NULL,
    micros BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (job_id, call)
);

-- Settings that differ from their default. Channel 0 is the whole server.
CREATE TABLE settings (
    guild_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_by BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (guild_id, channel_id, key)
);

CREATE INDEX settings_changed_by ON settings (changed_by);

-- Grows with each change, so that each process sees whether what it knows is still true.
CREATE TABLE settings_versions (
    guild_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- What happened, for admins and for "why". Detail is JSON; what it says of a member's doing is erased with their text.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    guild_id BIGINT,
    channel_id BIGINT,
    message_id BIGINT,
    member_id BIGINT,
    job_id BIGINT,
    detail TEXT,
    -- Of a change: what was there before, and whose it was.
    before TEXT,
    before_by BIGINT,
    -- Random, chosen by the call that wrote the entry, and its place among that call's: a repeat after a lost answer adds nothing.
    token BIGINT NOT NULL,
    place BIGINT NOT NULL,
    UNIQUE (token, place)
);

CREATE INDEX audit_guild ON audit (guild_id, id);
CREATE INDEX audit_at ON audit (at_ms);
CREATE INDEX audit_message ON audit (message_id);
CREATE INDEX audit_member ON audit (member_id);
CREATE INDEX audit_before_by ON audit (before_by);

-- Charts whose buttons still work: enough to draw them again without the model.
CREATE TABLE charts (
    message_id BIGINT NOT NULL PRIMARY KEY,
    job_id BIGINT,
    guild_id BIGINT,
    channel_id BIGINT NOT NULL,
    asker_id BIGINT NOT NULL,
    spec TEXT NOT NULL,
    -- The data that were plotted, compressed (zlib).
    data BLOB NOT NULL,
    version BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX charts_asker ON charts (asker_id);
CREATE INDEX charts_expires ON charts (expires_ms);
CREATE INDEX charts_created ON charts (created_ms);

-- When an alert of each kind last went to each server, and how many were held back since.
CREATE TABLE alerts (
    guild_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    last_ms BIGINT NOT NULL,
    held_back BIGINT NOT NULL DEFAULT 0,
    reported BIGINT NOT NULL DEFAULT 0,
    -- Random, chosen by the call whose turn it was.
    token BIGINT NOT NULL,
    PRIMARY KEY (guild_id, kind)
);

-- The operator's switches and what must outlive the process: paused, the hash of the registered commands.
CREATE TABLE operator_values (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    changed_ms BIGINT NOT NULL
);
