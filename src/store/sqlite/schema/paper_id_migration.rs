//! The step after which an identifier of before April 2007 has no subject class: `math.GT/0309136` is `math/0309136`.

pub(super) const IDENTITIES: &str = "
-- Each paper whose identity was written otherwise, and the paper that is kept: the one that has that identity already, else
-- the first of these.
CREATE TABLE renamed (
    paper INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kept INTEGER
) STRICT;
INSERT INTO renamed (paper, name)
    SELECT id, name FROM (SELECT id, paper_id, 'arxiv:' || lower(substr(archive, 1, instr(archive || '.', '.') - 1))
            || substr(paper_id, instr(paper_id, '/')) AS name
        FROM (SELECT id, paper_id, substr(paper_id, 7, instr(paper_id, '/') - 7) AS archive FROM papers
            WHERE paper_id LIKE 'arxiv:%/%'))
    WHERE name <> paper_id;
UPDATE renamed SET kept = coalesce((SELECT p.id FROM papers p WHERE p.paper_id = renamed.name),
    (SELECT min(r.paper) FROM renamed r WHERE r.name = renamed.name));

-- What was seen and told of either is seen and told of the paper that is kept, which reads as it did.
INSERT OR IGNORE INTO versions (paper, version, updated, seen)
    SELECT r.kept, v.version, v.updated, v.seen FROM renamed r JOIN versions v ON v.paper = r.paper WHERE r.kept <> r.paper;
INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled, revision)
    SELECT s.topic, r.kept, s.version, p.updated, s.tie, s.seen, s.settled, s.revision
    FROM renamed r JOIN sightings s ON s.paper = r.paper JOIN papers p ON p.id = r.kept WHERE r.kept <> r.paper
    ON CONFLICT (topic, paper) DO UPDATE SET version = max(version, excluded.version), seen = min(seen, excluded.seen),
        settled = max(settled, excluded.settled);
UPDATE OR IGNORE news SET paper = (SELECT kept FROM renamed r WHERE r.paper = news.paper)
    WHERE paper IN (SELECT paper FROM renamed);
INSERT OR IGNORE INTO told (subscription, paper, version, digest)
    SELECT t.subscription, r.kept, t.version, t.digest FROM renamed r JOIN told t ON t.paper = r.paper WHERE r.kept <> r.paper;

-- The others go.
DELETE FROM papers_text WHERE rowid IN (SELECT p.place FROM places p JOIN renamed r USING (paper) WHERE r.kept <> r.paper);
DELETE FROM places WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM unindexed WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM told WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM news WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM sightings WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM versions WHERE paper IN (SELECT paper FROM renamed WHERE kept <> paper);
DELETE FROM papers WHERE id IN (SELECT paper FROM renamed WHERE kept <> paper);
UPDATE papers SET paper_id = (SELECT name FROM renamed r WHERE r.paper = papers.id)
    WHERE id IN (SELECT paper FROM renamed WHERE kept = paper);
INSERT OR IGNORE INTO unindexed (paper) SELECT kept FROM renamed;
UPDATE topics SET known = (SELECT count(*) FROM sightings s WHERE s.topic = topics.id)
    WHERE EXISTS (SELECT 1 FROM renamed);

-- What a person took out may be in no history.
INSERT OR IGNORE INTO dismissed (list, topic, paper_id, seen, is_restored)
    SELECT list, topic, 'arxiv:' || lower(substr(archive, 1, instr(archive || '.', '.') - 1))
            || substr(paper_id, instr(paper_id, '/')), seen, is_restored
    FROM (SELECT *, substr(paper_id, 7, instr(paper_id, '/') - 7) AS archive FROM dismissed
        WHERE paper_id LIKE 'arxiv:%/%');
DELETE FROM dismissed WHERE paper_id LIKE 'arxiv:%.%/%'
    OR paper_id LIKE 'arxiv:%/%' AND paper_id <> lower(paper_id);

UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
    WHERE name = 'revision' AND EXISTS (SELECT 1 FROM renamed);
DROP TABLE renamed;
";
