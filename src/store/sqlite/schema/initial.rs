//! The tables that the first version had.

pub(super) const FIRST: &str = "
-- One work in the state of its latest known version.
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

-- Every version that was ever shown, older ones that came late among them.
CREATE TABLE versions (
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (paper, version)
) STRICT, WITHOUT ROWID;

-- watermark: the present of the last complete poll. stamp: when the source made that answer.
-- swept: the last poll that went back to the look-back's end. known: how many sightings there are.
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL CHECK (contact IN ('first', 'established')),
    watermark INTEGER,
    stamp INTEGER,
    swept INTEGER,
    known INTEGER NOT NULL
) STRICT;

-- What a topic has seen. updated repeats the paper's, so that a table is one walk of an index;
-- tie is the source's order among equal dates. settled: a complete poll has been through since.
CREATE TABLE sightings (
    topic INTEGER NOT NULL REFERENCES topics (id),
    paper INTEGER NOT NULL REFERENCES papers (id),
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tie INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    PRIMARY KEY (topic, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_date ON sightings (topic, updated DESC, tie);
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

-- A source's host, in real time: when it was last asked, and how long it wants to be left alone.
CREATE TABLE gates (
    host TEXT PRIMARY KEY,
    asked INTEGER,
    shut_until INTEGER
) STRICT, WITHOUT ROWID;

-- What was last written to a list, and what is about to be.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE lists (
    name TEXT PRIMARY KEY,
    written INTEGER REFERENCES texts (id),
    intended INTEGER REFERENCES texts (id)
) STRICT, WITHOUT ROWID;

-- The full-text index, and the papers whose words it does not have yet: see `text_index`.
CREATE TABLE unindexed (
    paper INTEGER PRIMARY KEY REFERENCES papers (id)
) STRICT;
CREATE VIRTUAL TABLE papers_text USING fts5 (
    title, abstract, authors,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
";
