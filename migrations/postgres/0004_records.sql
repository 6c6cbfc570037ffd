-- Whose text the data of a chart come from, where others than the member who asked for it: it is theirs to see and to erase.
CREATE TABLE chart_authors (
    message_id BIGINT NOT NULL REFERENCES charts (message_id) ON DELETE CASCADE ON UPDATE CASCADE,
    author_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, author_id)
);

CREATE INDEX chart_authors_author ON chart_authors (author_id);
