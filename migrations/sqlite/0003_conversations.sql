-- Threads in which a person ended the conversation: follow-ups there are no questions any more.
CREATE TABLE ended_conversations (
    channel_id BIGINT NOT NULL PRIMARY KEY,
    ended_ms BIGINT NOT NULL
);

CREATE INDEX ended_conversations_ended ON ended_conversations (ended_ms);
