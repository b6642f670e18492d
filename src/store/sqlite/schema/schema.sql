-- The tables of a new history.

-- One work in the latest state that is known of it. version: 0, here and in all other tables, if its source gives it no number;
-- content is then the fingerprint of what the source said. later_article: of a preprint that appeared in a journal after it
-- was known, what other sources than its own say of that.
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
    origin TEXT NOT NULL CHECK (origin IN ('source', 'list')),
    content BLOB CHECK ((version = 0) = (content IS NOT NULL)),
    later_article TEXT
) STRICT;

-- Every version that was ever shown, older ones that came late among them.
CREATE TABLE versions (
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (paper, version)
) STRICT, WITHOUT ROWID;

-- known: how many sightings there are.
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    known INTEGER NOT NULL
) STRICT;

-- How far a topic has come with each of its sources. watermark: the present of the last complete poll. source_time: when
-- the source made that answer. last_full_sweep: the last poll that went back to the look-back's end.
CREATE TABLE topic_sources (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL REFERENCES topics (id),
    source TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('backfill', 'established')),
    watermark INTEGER,
    source_time INTEGER,
    last_full_sweep INTEGER,
    UNIQUE (topic, source)
) STRICT;

-- What a topic has seen. updated repeats the paper's, so that a table is one walk of an index;
-- tie is the source's order among equal dates. source: which of the sources that are had page by page has shown it last;
-- settled: a complete poll of that one has been through since. revision: as of which revision of the history the paper reads
-- as it does. has_article: whether the topic has been shown the article as which the paper appeared later.
CREATE TABLE sightings (
    topic INTEGER NOT NULL REFERENCES topics (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tie INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    source INTEGER REFERENCES topic_sources (id),
    has_article INTEGER NOT NULL DEFAULT 0,
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
    kind TEXT NOT NULL CHECK (kind IN ('new', 'replacement', 'published')),
    seen INTEGER NOT NULL,
    UNIQUE (topic, paper, version, kind)
) STRICT;
-- A preprint is published once, whatever its version.
CREATE UNIQUE INDEX news_of_articles ON news (topic, paper) WHERE kind = 'published';

-- A source's host, in real time: when it was last asked, and how long it wants to be left alone.
CREATE TABLE gates (
    host TEXT PRIMARY KEY,
    last_request INTEGER,
    blocked_until INTEGER
) STRICT, WITHOUT ROWID;

-- What is kept of a feed between its polls. received: when the feed last came whole, with these validators; origin: the
-- fingerprint of where from. ttl: in seconds. failures: polls in a row that failed.
CREATE TABLE feeds (
    source TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    origin BLOB,
    received INTEGER,
    ttl INTEGER,
    next_poll INTEGER,
    failures INTEGER NOT NULL,
    CHECK ((origin IS NULL) = (received IS NULL))
) STRICT, WITHOUT ROWID;

-- How a feed has done, whatever its topics take of it. address: the fingerprint of its address in the configuration. since: from
-- when on its polls were not complete. last_new: when something new came; newest_item: the date of the newest item that it shows.
CREATE TABLE feed_histories (
    source TEXT PRIMARY KEY,
    address BLOB NOT NULL,
    polled INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    since INTEGER NOT NULL,
    fault TEXT,
    words TEXT,
    first_read INTEGER,
    last_new INTEGER,
    newest_item INTEGER
) STRICT, WITHOUT ROWID;

-- What a feed's items are known again by: fingerprints of eight bytes each, those of the last answer first.
CREATE TABLE feed_item_keys (
    source TEXT PRIMARY KEY,
    keys BLOB NOT NULL
) STRICT;

-- On which days something new came, and how many items.
CREATE TABLE feed_days (
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

-- Where a feed redirects to permanently. address: none if it is a secret; fingerprint: of the new address, in either case.
CREATE TABLE feed_moves (
    source TEXT PRIMARY KEY,
    target TEXT NOT NULL CHECK (target IN ('same-site', 'other-site', 'front-page', 'less-secure')),
    fingerprint BLOB NOT NULL,
    address TEXT,
    polls INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys by which a paper is known again, whichever source shows it. source: the one that showed the paper under this key
-- first; empty if that was a list. Each paper's own identity is one of its keys.
CREATE TABLE paper_keys (
    key TEXT PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES papers (id),
    source TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every title of enough words that a paper has or had, in the form in which titles are compared.
CREATE TABLE paper_titles (
    title TEXT NOT NULL,
    paper INTEGER NOT NULL REFERENCES papers (id),
    PRIMARY KEY (title, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_titles_by_paper ON paper_titles (paper);

CREATE INDEX paper_keys_by_paper ON paper_keys (paper);

-- Papers that were recorded and became part of another one, as both are one work. words: the key that both have, or the
-- evidence; empty if a person said so. source: the one that had shown the part. keys: those that the part had, as a JSON
-- list. record: its row of `papers` then, as JSON. within: the part that it was joined with, if it is not one for itself.
CREATE TABLE work_parts (
    id INTEGER PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES papers (id),
    within INTEGER REFERENCES work_parts (id),
    joined INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('key', 'evidence', 'hand')),
    words TEXT NOT NULL,
    source TEXT NOT NULL,
    keys TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX work_parts_by_paper ON work_parts (paper);

-- Papers of which a person said that they are two works; the lower number first.
CREATE TABLE works_apart (
    one INTEGER NOT NULL REFERENCES papers (id),
    other INTEGER NOT NULL REFERENCES papers (id),
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- The papers whose words the full-text index does not have yet: see `text_index`.
CREATE TABLE unindexed (
    paper INTEGER PRIMARY KEY REFERENCES papers (id)
) STRICT;

-- id: the store's own, from which the identity of every message derives.
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

-- Up to which news of a topic a subscription has come.
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

-- The papers that a person took out of a topic's table. is_restored: it is to be written again, and what is known as ours
-- may still have its row: that is no deletion. excerpt: the table with this row alone, as it was written last; empty where
-- that is not known.
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

-- Which version of a paper was announced by which digest of a subscription.
CREATE TABLE announced_versions (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    digest INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (subscription, paper, version)
) STRICT, WITHOUT ROWID;

-- Which digest of a subscription announced that a paper appeared in a journal, or the paper with its article.
CREATE TABLE announced_articles (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    digest INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (subscription, paper)
) STRICT, WITHOUT ROWID;

-- What was pushed of a list in a repository, or was about to be, the newest last, by the commit, with the
-- fingerprint of the list's tables in it. is_merged: it is known that this push or a later one was merged. replaced: the
-- commit that its branch had before.
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    tables BLOB NOT NULL,
    is_merged INTEGER NOT NULL,
    replaced TEXT,
    UNIQUE (list, commit_id)
) STRICT;

-- What was generated for the files of a push that is not known to be merged; each text once. fingerprint: see `generated_files`.
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

-- The pull request that a list is proposed by, those that we closed ourselves, and those that are known to be merged.
CREATE TABLE pull_requests (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_closed INTEGER NOT NULL, is_merged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;

-- How the latest polls of each topic at each of its sources went; older ones are forgotten.
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    fault TEXT,
    words TEXT,
    new INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    seeded INTEGER NOT NULL,
    requests INTEGER NOT NULL
) STRICT;
CREATE INDEX polls_by_source ON polls (topic_source, id);

-- The entries that a source shows for a topic and that cannot be taken, until they can be, or are shown no more. name: by what
-- an entry is known again; words: what is wrong with it; polls: how many have met it.
CREATE TABLE unreadable_entries (
    topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    polls INTEGER NOT NULL,
    PRIMARY KEY (topic_source, name)
) STRICT, WITHOUT ROWID;

-- Why a list was left as it is; gone once it could be written.
CREATE TABLE list_failures (
    list TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is wrong now, or was reported to the operator and is well again for less than a while. told: when it was reported.
CREATE TABLE incidents (
    what TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL,
    told INTEGER,
    well_since INTEGER
) STRICT, WITHOUT ROWID;

-- The alerts to the operator; a message in the outbox is of one of them (notice) or of a digest.
CREATE TABLE operator_alerts (
    id INTEGER PRIMARY KEY,
    composed INTEGER NOT NULL
) STRICT;

-- One row is one request. key: its identity at the receiver. body: gone some time after it was delivered.
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
-- The next message of a sink is found without a look at every other one that waits.
CREATE INDEX outbox_due ON outbox (sink, due, id, recipient) WHERE state = 'queued';
CREATE INDEX outbox_settled ON outbox (settled) WHERE body IS NOT NULL;
CREATE INDEX outbox_by_sink ON outbox (sink, state, settled);

-- The state in which a list was last left in order: the fingerprint of all that it was made of, its rows, what there was to
-- report (a line each), and the fingerprint of each of its files.
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

-- What a list's archive files were made of, in groups that share a name by the pattern, and the fingerprint of each file as
-- it was generated; a file has the tables of several topics. part: the file's place in its group, the oldest first.
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

-- What was generated for each file of a list; the list's own file has the empty name. fingerprint: that of the text,
-- by which a reader knows that it has it already; it is before the text, which is not read then. What is planned is noted
-- if it differs from what was written; a file that is to go has no text there. Both words for a stage are equally long: the
-- row changes in its place then, and its text is not written again.
CREATE TABLE generated_files (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('written', 'planned')),
    file TEXT NOT NULL,
    fingerprint BLOB,
    text TEXT CHECK (text IS NOT NULL OR stage = 'planned'),
    UNIQUE (list, stage, file)
) STRICT;

-- Files of a list that are written together: a program that was killed between two of them writes the rest. before:
-- the fingerprint of what was there; none if nothing was.
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

-- The row that a paper has in the index: the later its date, the higher.
CREATE TABLE text_rowids (
    paper INTEGER PRIMARY KEY REFERENCES papers (id),
    text_rowid INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX text_rowids_by_rowid ON text_rowids (text_rowid);

-- Every word that was ever indexed and in how many papers, for a word that is still being typed.
CREATE TABLE words (
    word TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What polls and deliveries came to, counted for as long as the history lives; as far back as it is known.
CREATE TABLE poll_tallies (
    topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    fault TEXT NOT NULL,
    polls INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (topic_source, outcome, fault)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_tallies (
    sink TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'deferred', 'failed', 'paused')),
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (sink, outcome)
) STRICT, WITHOUT ROWID;

-- What of a list in a repository waits for a person, as it was when the repository was last looked at.
CREATE TABLE pending_reviews (
    list TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'stuck')),
    branch TEXT NOT NULL,
    number INTEGER,
    address TEXT,
    since INTEGER NOT NULL,
    CHECK ((number IS NULL) = (address IS NULL))
) STRICT, WITHOUT ROWID;

-- The rows of a list that were found gone all at once, and since when; they are believed to be deleted if a later run finds
-- the same. branch: the branch of ours that they are gone from, empty for the list itself.
CREATE TABLE suspect_deletions (
    list TEXT NOT NULL,
    branch TEXT NOT NULL,
    topic TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (list, branch, topic)
) STRICT, WITHOUT ROWID;

-- The pull requests that have got their labels and whose reviewers were asked, which is done once.
CREATE TABLE review_requests (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;

-- When a row of a list was seen first whose paper is not in the history: it leads elsewhere than to arXiv.
CREATE TABLE rows_seen (
    list TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (list, paper_id)
) STRICT, WITHOUT ROWID;

-- Papers whose rows stand in a file of a list only because a person wrote in them, or wrote them: the program would not
-- write them there. One that goes was deleted.
CREATE TABLE manual_rows (
    list TEXT NOT NULL,
    file TEXT NOT NULL,
    topic TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    PRIMARY KEY (list, file, topic, paper_id)
) STRICT, WITHOUT ROWID;

-- id: the store's own, from which the identity of every message derives. revision: raised whenever something changes
-- that tables are made of.
INSERT INTO meta (name, value) VALUES ('id', lower(hex(randomblob(16)))), ('revision', '0');
