//! The tables, as each version of the program changed them. Times are integers, microseconds since 1970 in UTC.

use super::initial::FIRST;
use super::paper_id_migration::IDENTITIES;
use super::push_migration::PUSHES_KEPT;

/// Each entry lifts the schema by one version; released ones are never changed.
pub(super) const STEPS: [&str; 22] = [
    FIRST,
    DIGESTS,
    CURATION,
    TOLD,
    PROPOSED,
    STANDING,
    LEFT,
    FACETS,
    TALLIES,
    AWAITED,
    ASKED,
    ARCHIVED,
    PUSHES,
    RESTORED,
    PUSHES_KEPT,
    ROWS_SEEN,
    DOUBTS,
    DUE,
    IDENTITIES,
    LASTING_DOUBTS,
    RESTORED_AFTER,
    ROWS_BY_HAND,
];

const DIGESTS: &str = "
-- id: the store's own, from which the identity of every message derives.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('id', lower(hex(randomblob(16))));

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    begun INTEGER NOT NULL,
    due_last INTEGER,
    digests INTEGER NOT NULL,
    waits_for_first INTEGER NOT NULL
) STRICT;

-- Up to which news a subscription has been told of a topic.
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
CREATE TABLE digest_news (
    digest INTEGER NOT NULL REFERENCES digests (id),
    news INTEGER NOT NULL REFERENCES news (id),
    PRIMARY KEY (digest, news)
) STRICT, WITHOUT ROWID;

-- One row is one request. key: its identity at the receiver. body: gone some time after it was delivered.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    digest INTEGER NOT NULL REFERENCES digests (id),
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
    words TEXT
) STRICT;
CREATE INDEX outbox_queued ON outbox (sink, recipient, id) WHERE state = 'queued';
CREATE INDEX outbox_settled ON outbox (settled) WHERE body IS NOT NULL;

CREATE TABLE pauses (
    sink TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

const CURATION: &str = "
-- What was generated for each file of a list; the list's own file has the empty name.
CREATE TABLE generated (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('written', 'intended')),
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (list, stage, file)
) STRICT;
INSERT INTO generated (list, stage, file, text)
    SELECT name, 'written', '', CAST(body AS TEXT) FROM lists JOIN texts ON texts.id = written
    UNION ALL
    SELECT name, 'intended', '', CAST(body AS TEXT) FROM lists JOIN texts ON texts.id = intended;
DROP TABLE lists;
DROP TABLE texts;

-- The papers that a person took out of a topic's table.
CREATE TABLE dismissed (
    list TEXT NOT NULL,
    topic TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (list, topic, paper_id)
) STRICT, WITHOUT ROWID;
";

const TOLD: &str = "
-- Which version of a paper which digest of a subscription told.
CREATE TABLE told (
    subscription INTEGER NOT NULL REFERENCES subscriptions (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    digest INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (subscription, paper, version)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO told (subscription, paper, version, digest)
    SELECT d.subscription, n.paper, n.version, d.id
    FROM digest_news dn JOIN digests d ON d.id = dn.digest JOIN news n ON n.id = dn.news;
DROP TABLE digest_news;

-- unfinished: the last attempts in a row that never came to an end. kind: what sort of sink it was rendered for; empty
-- where that was not noted.
ALTER TABLE outbox ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT '';
";

const PROPOSED: &str = "
-- What was generated for each file of a list in a repository and proposed there.
CREATE TABLE proposed (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('pushed', 'pushing')),
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (list, stage, file)
) STRICT;

-- The pull request that a list is proposed by, and those that we closed ourselves.
CREATE TABLE pull_requests (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_closed INTEGER NOT NULL,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;
";

const STANDING: &str = "
-- How the latest polls of each topic went; older ones are forgotten.
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

-- Why a list was left as it is; gone once it could be written.
CREATE TABLE list_faults (
    list TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is wrong now, or is told to the operator and well again for less than a while.
CREATE TABLE troubles (
    what TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    words TEXT NOT NULL,
    told INTEGER,
    well_since INTEGER
) STRICT, WITHOUT ROWID;

-- What the operator was told.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    composed INTEGER NOT NULL
) STRICT;

-- A message is of a digest or of a notice. SQLite changes no column's constraint, so the table is made anew.
ALTER TABLE outbox RENAME TO outbox_of_digests;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    digest INTEGER REFERENCES digests (id),
    notice INTEGER REFERENCES notices (id),
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
INSERT INTO outbox SELECT id, digest, NULL, sink, recipient, part, of, key, body, state, attempts, due, queued,
    settled, words, unfinished, kind FROM outbox_of_digests;
DROP TABLE outbox_of_digests;
CREATE INDEX outbox_queued ON outbox (sink, recipient, id) WHERE state = 'queued';
CREATE INDEX outbox_settled ON outbox (settled) WHERE body IS NOT NULL;
CREATE INDEX outbox_by_sink ON outbox (sink, state, settled);
";

const LEFT: &str = "
-- Raised whenever something changes that tables are made of.
INSERT INTO meta (name, value) VALUES ('revision', '0');

-- How a list was left: what it was made of, its rows, and a print of each of its files as it stood then.
CREATE TABLE lists_left (
    list TEXT PRIMARY KEY,
    made_of BLOB NOT NULL,
    rows INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE files_left (
    list TEXT NOT NULL REFERENCES lists_left (list) ON DELETE CASCADE,
    file TEXT NOT NULL,
    print BLOB NOT NULL,
    PRIMARY KEY (list, file)
) STRICT, WITHOUT ROWID;

-- What is intended is noted where it differs from what was written; a file without a text is to be none any more.
ALTER TABLE generated RENAME TO generated_whole;
CREATE TABLE generated (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('written', 'intended')),
    file TEXT NOT NULL,
    text TEXT CHECK (text IS NOT NULL OR stage = 'intended'),
    UNIQUE (list, stage, file)
) STRICT;
INSERT INTO generated SELECT list, stage, file, text FROM generated_whole;
INSERT INTO generated (list, stage, file)
    SELECT list, 'intended', file FROM generated_whole w WHERE stage = 'written'
        AND EXISTS (SELECT 1 FROM generated_whole i WHERE i.list = w.list AND i.stage = 'intended')
        AND NOT EXISTS (SELECT 1 FROM generated_whole i
            WHERE i.list = w.list AND i.stage = 'intended' AND i.file = w.file);
DROP TABLE generated_whole;

-- Files of a list that are written together: a program that was killed between two of them writes the rest. before:
-- the print of what stood there; none where nothing did.
CREATE TABLE rewrites (
    list TEXT NOT NULL,
    file TEXT NOT NULL,
    before BLOB,
    text TEXT NOT NULL,
    UNIQUE (list, file)
) STRICT;
";

const FACETS: &str = "
-- A row's id is its paper's place by date (see `text_index`), so that the newest papers are found first without
-- looking at the others; facets are what a search may be narrowed to.
DROP TABLE papers_text;
CREATE VIRTUAL TABLE papers_text USING fts5 (
    title, abstract, authors, facets,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TABLE places (
    paper INTEGER PRIMARY KEY REFERENCES papers (id),
    place INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX places_by_date ON places (place);

-- Every word that was ever indexed and in how many papers, for a word that is still being typed.
CREATE TABLE words (
    word TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO unindexed (paper) SELECT id FROM papers;
";

const TALLIES: &str = "
-- What polls and deliveries came to, counted for as long as the history lives; as far back as it is known.
CREATE TABLE poll_tallies (
    topic INTEGER NOT NULL REFERENCES topics (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
    fault TEXT NOT NULL,
    polls INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (topic, outcome, fault)
) STRICT, WITHOUT ROWID;
INSERT INTO poll_tallies (topic, outcome, fault, polls, requests)
    SELECT topic, outcome, coalesce(fault, ''), count(*), sum(requests) FROM polls GROUP BY 1, 2, 3;
CREATE TABLE delivery_tallies (
    sink TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'deferred', 'failed', 'paused')),
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (sink, outcome)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_tallies (sink, outcome, deliveries)
    SELECT sink, state, count(*) FROM outbox WHERE state IN ('delivered', 'failed') GROUP BY 1, 2;
";

const AWAITED: &str = "
-- What of a list in a repository waits for a person, as it was when the repository was last looked at.
CREATE TABLE awaited (
    list TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'stuck')),
    branch TEXT NOT NULL,
    number INTEGER,
    address TEXT,
    since INTEGER NOT NULL,
    CHECK ((number IS NULL) = (address IS NULL))
) STRICT, WITHOUT ROWID;
";

const ASKED: &str = "
-- The pull requests whose reviewers were asked to look at them.
CREATE TABLE reviewers_asked (
    list TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;
";

const ARCHIVED: &str = "
-- revision: as of which revision of the history the paper reads as it does.
ALTER TABLE sightings ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
DROP INDEX sightings_by_date;
CREATE INDEX sightings_by_date ON sightings (topic, updated DESC, tie, revision);

-- What there was to tell when a list was left, a line each.
ALTER TABLE lists_left ADD COLUMN notes TEXT NOT NULL DEFAULT '';

-- print: that of the text, by which a reader knows that it has it already; it stands before the text, which is not
-- looked at then. Both words for a stage are equally long: the row changes in its place then, without its text being
-- written anew.
ALTER TABLE generated RENAME TO generated_before;
CREATE TABLE generated (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('written', 'planned')),
    file TEXT NOT NULL,
    print BLOB,
    text TEXT CHECK (text IS NOT NULL OR stage = 'planned'),
    UNIQUE (list, stage, file)
) STRICT;
INSERT INTO generated (list, stage, file, text)
    SELECT list, CASE stage WHEN 'intended' THEN 'planned' ELSE stage END, file, text FROM generated_before;
DROP TABLE generated_before;

-- The same of what was proposed; what is being pushed is noted where it differs from what was.
ALTER TABLE proposed RENAME TO proposed_before;
CREATE TABLE proposed (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('pushed', 'pushing')),
    file TEXT NOT NULL,
    print BLOB,
    text TEXT CHECK (text IS NOT NULL OR stage = 'pushing'),
    UNIQUE (list, stage, file)
) STRICT;
INSERT INTO proposed (list, stage, file, text) SELECT list, stage, file, text FROM proposed_before;
INSERT INTO proposed (list, stage, file)
    SELECT list, 'pushing', file FROM proposed_before w WHERE stage = 'pushed'
        AND EXISTS (SELECT 1 FROM proposed_before i WHERE i.list = w.list AND i.stage = 'pushing')
        AND NOT EXISTS (SELECT 1 FROM proposed_before i
            WHERE i.list = w.list AND i.stage = 'pushing' AND i.file = w.file);
DROP TABLE proposed_before;

-- What a list's archive files were made of, in groups that share a name by the pattern, and a print of each file as it
-- was generated; a file has the tables of several topics. part: the file's place in its group, the oldest first.
CREATE TABLE archived (
    list TEXT NOT NULL,
    archive TEXT NOT NULL,
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    file TEXT NOT NULL,
    made_of BLOB NOT NULL,
    print BLOB NOT NULL,
    PRIMARY KEY (list, archive, topic, part)
) STRICT, WITHOUT ROWID;
";

const PUSHES: &str = "
-- The commit that proposed was pushed by, or is being pushed by, with the print of the list's tables in it.
CREATE TABLE pushes (
    list TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('pushed', 'pushing')),
    commit_id TEXT NOT NULL,
    tables BLOB NOT NULL,
    PRIMARY KEY (list, stage)
) STRICT, WITHOUT ROWID;
";

const RESTORED: &str = "
-- is_restored: it is to be written again, and what is known as ours may still have its row: that is no deletion.
ALTER TABLE dismissed ADD COLUMN is_restored INTEGER NOT NULL DEFAULT 0 CHECK (is_restored IN (0, 1));
";

const ROWS_SEEN: &str = "
-- When a row of a list was seen first whose paper is not in the history: it leads elsewhere than to arXiv.
CREATE TABLE rows_seen (
    list TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (list, paper_id)
) STRICT, WITHOUT ROWID;
";

const DOUBTS: &str = "
-- The rows of a list that the latest turn found gone all at once; they are believed to be deleted if the next one finds
-- the same.
CREATE TABLE doubts (
    list TEXT NOT NULL,
    topic TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (list, topic)
) STRICT, WITHOUT ROWID;
";

const DUE: &str = "
-- The next message of a sink is found without a look at every other one that waits.
CREATE INDEX outbox_due ON outbox (sink, due, id, recipient) WHERE state = 'queued';
";

const LASTING_DOUBTS: &str = "
-- The rows of a list that were found gone all at once, and since when; they are believed to be deleted if a later run finds
-- the same. branch: the branch of ours that they are gone from, empty for the list itself. A doubt of before is asked again.
DROP TABLE doubts;
CREATE TABLE doubts (
    list TEXT NOT NULL,
    branch TEXT NOT NULL,
    topic TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (list, branch, topic)
) STRICT, WITHOUT ROWID;
";

const RESTORED_AFTER: &str = "
-- newest_push: the id of the list's newest push when the row was restored. A push up to that one may still have the row.
ALTER TABLE dismissed ADD COLUMN newest_push INTEGER NOT NULL DEFAULT 0;
";

const ROWS_BY_HAND: &str = "
-- excerpt: the table with this row alone, as it was written last; empty where that is not known.
ALTER TABLE dismissed ADD COLUMN excerpt TEXT NOT NULL DEFAULT '';

-- Papers whose rows stand in a file of a list only because a person wrote in them, or wrote them: the program would not
-- write them there. One that goes was deleted.
CREATE TABLE rows_by_hand (
    list TEXT NOT NULL,
    file TEXT NOT NULL,
    topic TEXT NOT NULL,
    paper_id TEXT NOT NULL,
    PRIMARY KEY (list, file, topic, paper_id)
) STRICT, WITHOUT ROWID;
";
