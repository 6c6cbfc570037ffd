-- When a member had their text erased last: jobs of others that began before keep no chart of it.
CREATE TABLE erasures (
    member_id BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL
);

CREATE INDEX erasures_at ON erasures (at_ms);
