//! The step after which all pushes of a list are kept, and not the latest alone.

pub(super) const PUSHES_KEPT: &str = "
ALTER TABLE pushes RENAME TO pushes_before;
-- What was pushed of a list in a repository, or was about to be, the newest last, by the commit, with the print of the
-- list's tables in it. is_merged: it is known that this push or a later one was merged.
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    tables BLOB NOT NULL,
    is_merged INTEGER NOT NULL,
    UNIQUE (list, commit_id)
) STRICT;
INSERT OR IGNORE INTO pushes (list, commit_id, tables, is_merged)
    SELECT list, commit_id, tables, 0 FROM pushes_before ORDER BY stage = 'pushing';

-- What was generated for the files of a push that is not known to be merged; each text once. print: see `generated`.
CREATE TABLE push_texts (
    id INTEGER PRIMARY KEY,
    print BLOB UNIQUE,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE push_files (
    push INTEGER NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    text INTEGER NOT NULL REFERENCES push_texts (id),
    PRIMARY KEY (push, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX push_files_by_text ON push_files (text);
INSERT INTO push_texts (id, text) SELECT rowid, text FROM proposed WHERE text IS NOT NULL;
INSERT OR IGNORE INTO push_files (push, file, text)
    SELECT p.id, f.file, f.rowid FROM pushes_before b JOIN pushes p USING (list, commit_id)
        JOIN proposed f ON f.list = b.list AND f.text IS NOT NULL AND (f.stage = b.stage
            OR NOT EXISTS (SELECT 1 FROM proposed n
                WHERE n.list = f.list AND n.stage = 'pushing' AND n.file = f.file));
DELETE FROM push_texts WHERE id NOT IN (SELECT text FROM push_files);
DROP TABLE pushes_before;
DROP TABLE proposed;

-- is_merged: that, and what with it, is known.
ALTER TABLE pull_requests ADD COLUMN is_merged INTEGER NOT NULL DEFAULT 0;
";
