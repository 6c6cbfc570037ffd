-- The ledger: one row for each thing that was asked, and what has been done about it.
--
-- Times are milliseconds since 1970 by the database's clock. Ids of Discord are snowflakes and fit a signed 64-bit integer.
-- Flags are integers, so that both databases run the same statements. Migrations only ever expand: an older process must be able
-- to work on a newer schema while replicas are replaced one after the other.

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- What was asked, as one key: 'm:<message>', 'i:<interaction>' or 's:<schedule>:<occurrence>'. The durable de-duplication.
    source TEXT NOT NULL UNIQUE,
    -- Held while unfinished: a second job with the same key is refused as already running.
    exclusive_key TEXT,
    guild_id BIGINT,
    channel_id BIGINT NOT NULL,
    message_id BIGINT,
    author_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('claimed', 'thread', 'placeholder', 'answering', 'delivered', 'failed', 'cancelled', 'refused')),
    -- Why it failed, was cancelled or refused: a code, never a member's text.
    reason TEXT,
    -- The lease. The fence grows with each grant; a write that bears an older one changes nothing.
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    -- Random, chosen by the call that claimed or took over: when its answer is lost, the repeat knows its own doing by it.
    claim_token BIGINT NOT NULL,
    takeovers BIGINT NOT NULL DEFAULT 0,
    thread_id BIGINT,
    answer_id BIGINT,
    model_calls BIGINT NOT NULL DEFAULT 0,
    cancel_reason TEXT,
    cancel_requested_ms BIGINT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    -- Members' text. Erased when the job ends, by retention, or by the member.
    request TEXT,
    settings TEXT,
    answer TEXT
);

CREATE UNIQUE INDEX jobs_exclusive ON jobs (exclusive_key) WHERE ended_ms IS NULL;
CREATE INDEX jobs_unfinished ON jobs (lease_until_ms, id) WHERE ended_ms IS NULL;
CREATE INDEX jobs_message ON jobs (message_id);
CREATE INDEX jobs_channel ON jobs (channel_id);
CREATE INDEX jobs_thread ON jobs (thread_id);
CREATE INDEX jobs_answer ON jobs (answer_id);
CREATE INDEX jobs_author ON jobs (author_id);
CREATE INDEX jobs_ended ON jobs (ended_ms);

-- Messages that a job is going to post, written before they are posted. Ordinal 0 is the placeholder, later the answer's first part.
CREATE TABLE job_parts (
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    -- Sent to Discord with enforce_nonce; its scope there is the author, so it is unique over all jobs.
    nonce TEXT NOT NULL UNIQUE,
    body TEXT,
    message_id BIGINT,
    created_ms BIGINT NOT NULL,
    sent_ms BIGINT,
    PRIMARY KEY (job_id, ordinal)
);

CREATE INDEX job_parts_message ON job_parts (message_id);

-- Why the bot itself deleted or edited something, committed before it does so. An event without such a row was a person's doing.
CREATE TABLE own_actions (
    kind TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, target_id)
);

CREATE INDEX own_actions_created ON own_actions (created_ms);

-- Each IDENTIFY sent to the gateway: Discord allows 1000 in 24 hours and resets the token of a bot that goes over.
CREATE TABLE identifies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL
);

CREATE INDEX identifies_at ON identifies (at_ms);

-- The newest message of each channel that was seen: where a backfill starts.
CREATE TABLE cursors (
    channel_id BIGINT NOT NULL PRIMARY KEY,
    message_id BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);

CREATE INDEX cursors_updated ON cursors (updated_ms);
