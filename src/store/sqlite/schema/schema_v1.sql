-- The tables of version 1, from which the steps lead to the current ones.
CREATE TABLE papers (
    id INTEGER PRIMARY KEY,
    paper_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    authors TEXT NOT NULL,
    primary_category TEXT,
    categories TEXT NOT NULL,
    published INTEGER,
    updated INTEGER NOT NULL,
    comment TEXT,
    journal_ref TEXT,
    doi TEXT,
    links TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('source', 'list'))
) STRICT;
CREATE TABLE versions (
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (paper, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    phase TEXT NOT NULL CHECK (phase IN ('backfill', 'established')),
    watermark INTEGER,
    source_time INTEGER,
    last_full_sweep INTEGER,
    known INTEGER NOT NULL
) STRICT;
CREATE TABLE sightings (
    topic INTEGER NOT NULL REFERENCES topics (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tie INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_date ON sightings (topic, updated DESC, tie, revision);
CREATE INDEX sightings_by_paper ON sightings (paper);
CREATE INDEX sightings_unsettled ON sightings (topic) WHERE settled = 0;
CREATE TABLE news (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL REFERENCES topics (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('new', 'replacement')),
    seen INTEGER NOT NULL,
    UNIQUE (topic, paper, version)
) STRICT;
CREATE TABLE gates (
    host TEXT PRIMARY KEY,
    last_request INTEGER,
    blocked_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE unindexed (
    paper INTEGER PRIMARY KEY REFERENCES papers (id)
) STRICT;
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,
    due_last INTEGER,
    digests INTEGER NOT NULL,
    waits_for_first INTEGER NOT NULL
) STRICT;
CREATE TABLE subscription_topics (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    topic TEXT NOT NULL,
    news_through INTEGER NOT NULL,
    PRIMARY KEY (subscription, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX news_by_topic ON news (topic, id);
CREATE TABLE digests (
    id INTEGER PRIMARY KEY,
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    number INTEGER NOT NULL,
    composed INTEGER NOT NULL,
    UNIQUE (subscription, number)
) STRICT;
CREATE TABLE pauses (
    sink TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE dismissals (
    list TEXT NOT NULL,
    topic TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    seen INTEGER NOT NULL,
    is_restored INTEGER NOT NULL DEFAULT 0 CHECK (is_restored IN (0, 1)),
    newest_push INTEGER NOT NULL DEFAULT 0,
    excerpt TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (list, topic, paper_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE announced_versions (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    digest INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (subscription, paper, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    tables BLOB NOT NULL,
    is_merged INTEGER NOT NULL,
    UNIQUE (list, commit_id)
) STRICT;
CREATE TABLE push_texts (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB UNIQUE,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE push_files (
    push INTEGER NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    text INTEGER NOT NULL REFERENCES push_texts (id),
    PRIMARY KEY (push, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX push_files_by_text ON push_files (text);
CREATE TABLE pull_requests (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_closed INTEGER NOT NULL, is_merged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL REFERENCES topics (id),
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    fault TEXT,
    words TEXT,
    new INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    seeded INTEGER NOT NULL,
    requests INTEGER NOT NULL
) STRICT;
CREATE INDEX polls_by_topic ON polls (topic, id);
CREATE TABLE list_failures (
    list TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE incidents (
    what TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL,
    told INTEGER,
    well_since INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE operator_alerts (
    id INTEGER PRIMARY KEY,
    composed INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    digest INTEGER REFERENCES digests (id),
    notice INTEGER REFERENCES operator_alerts (id),
    sink TEXT NOT NULL,
    recipient TEXT NOT NULL,
    part INTEGER NOT NULL,
    of INTEGER NOT NULL,
    key TEXT NOT NULL,
    body BLOB,
    state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'failed', 'dropped')),
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    settled INTEGER,
    words TEXT,
    unfinished INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT '',
    CHECK ((digest IS NULL) <> (notice IS NULL))
) STRICT;
CREATE INDEX outbox_queued ON outbox (sink, recipient, id) WHERE state = 'queued';
CREATE INDEX outbox_due ON outbox (sink, due, id, recipient) WHERE state = 'queued';
CREATE INDEX outbox_settled ON outbox (settled) WHERE body IS NOT NULL;
CREATE INDEX outbox_by_sink ON outbox (sink, state, settled);
CREATE TABLE checkpoints (
    list TEXT PRIMARY KEY,
    inputs_fingerprint BLOB NOT NULL,
    rows INTEGER NOT NULL,
    notes TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint_files (
    list TEXT NOT NULL REFERENCES checkpoints (list) ON DELETE CASCADE,
    file TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (list, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE archive_volumes (
    list TEXT NOT NULL,
    archive TEXT NOT NULL,
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    file TEXT NOT NULL,
    inputs_fingerprint BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (list, archive, topic, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE generated_files (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('written', 'planned')),
    file TEXT NOT NULL,
    fingerprint BLOB,
    text TEXT CHECK (text IS NOT NULL OR stage = 'planned'),
    UNIQUE (list, stage, file)
) STRICT;
CREATE TABLE rewrites (
    list TEXT NOT NULL,
    file TEXT NOT NULL,
    before BLOB,
    text TEXT NOT NULL,
    UNIQUE (list, file)
) STRICT;
CREATE VIRTUAL TABLE papers_text USING fts5 (
    title, abstract, authors, facets,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TABLE text_rowids (
    paper INTEGER PRIMARY KEY REFERENCES papers (id),
    text_rowid INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX text_rowids_by_rowid ON text_rowids (text_rowid);
CREATE TABLE words (
    word TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE poll_tallies (
    topic INTEGER NOT NULL REFERENCES topics (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    fault TEXT NOT NULL,
    polls INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (topic, outcome, fault)
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery_tallies (
    sink TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'deferred', 'failed', 'paused')),
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (sink, outcome)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_reviews (
    list TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'stuck')),
    branch TEXT NOT NULL,
    number INTEGER,
    address TEXT,
    since INTEGER NOT NULL,
    CHECK ((number IS NULL) = (address IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE suspect_deletions (
    list TEXT NOT NULL,
    branch TEXT NOT NULL,
    topic TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (list, branch, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE review_requests (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE rows_seen (
    list TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (list, paper_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE manual_rows (
    list TEXT NOT NULL,
    file TEXT NOT NULL,
    topic TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    PRIMARY KEY (list, file, topic, paper_id)
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('id', lower(hex(randomblob(16)))), ('revision', '0');
