//! Files at a commit, and commits with other files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::ErrorKind;

use super::branch_heads::parse_commit_id;
use super::clone_folder::Repository;
use super::error::GitError;
use super::git_command::GitCommand;
use super::{ADDRESS, FILE_BYTES_MAX, NAME};
use crate::domain::{CommitId, TreePath};

/// One run of git gives files of so many bytes together, or one that is larger: its whole answer is held.
const AT_ONCE_BYTES_MAX: u64 = 4 << 20;

/// The mode of a file that is new.
const PLAIN: &str = "100644";

/// The mode of a file that can be run.
const EXECUTABLE: &str = "100755";

/// The mode of a folder.
const FOLDER: &str = "040000";

/// A file as it is at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// The file's bytes.
    pub blob: Blob,
    /// Whether it can be run; it stays so when it is written.
    pub is_executable: bool,
}

/// The bytes of a file by their name, which is the same wherever they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Blob {
    id: String,
    bytes: u64,
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFileWrite {
    /// The file's path.
    pub path: TreePath,
    /// The bytes that the file has then.
    pub bytes: Vec<u8>,
}

impl Repository {
    /// Each of these files that is at a commit that was fetched, by its path. A folder, a link or a repository in
    /// its place is an error: what we write would go elsewhere than its name says. So is one that is too large to read.
    pub async fn find_files_at_commit(
        &self,
        commit: &CommitId,
        paths: &[&TreePath],
    ) -> Result<BTreeMap<String, TreeFile>, GitError> {
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let listed = self.ls_tree(commit, paths.iter().map(|path| path.as_str())).await?;
        let mut found = BTreeMap::new();
        let is_asked_for = |entry: &TreeEntry<'_>| paths.iter().any(|path| path.as_str() == entry.path);
        for TreeEntry { mode, id, bytes, path } in parse_ls_tree(&listed)?.into_iter().filter(is_asked_for) {
            if let Some(what) = non_file_kind(mode) {
                return Err(GitError::NotAFile { path: path.to_owned(), what });
            }
            let bytes = bytes.unwrap_or(0);
            if bytes > FILE_BYTES_MAX {
                return Err(GitError::FileTooLarge { path: path.to_owned(), bytes });
            }
            let blob = Blob { id: id.to_owned(), bytes };
            found.insert(path.to_owned(), TreeFile { blob, is_executable: mode == EXECUTABLE });
        }
        Ok(found)
    }

    /// The paths of all files in a folder and in those below it that are wanted, at a commit that was fetched; the tree's
    /// own folder has an empty path. A path that is not UTF-8 is left out. What is in other folders is not even listed: a
    /// tree can have any number of files.
    pub async fn file_paths_below(
        &self,
        commit: &CommitId,
        folder: &str,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, GitError> {
        let (mut folders, mut paths) = (vec![folder.to_owned()], Vec::new());
        while !folders.is_empty() {
            let places: Vec<String> = folders.iter().map(|folder| format!("{folder}/")).collect();
            let places = places.iter().map(String::as_str).filter(|place| *place != "/");
            let args: Vec<&str> =
                ["ls-tree", "-z", commit.as_str(), "--"].into_iter().chain(places).collect();
            let listed = self.git.run_for_bytes(GitCommand::new(&args)).await?;
            let listed = listed.split(|byte| *byte == 0).filter_map(|entry| str::from_utf8(entry).ok());
            let listed = listed.collect::<Vec<_>>().join("\0");
            let (below, files): (Vec<_>, Vec<_>) =
                parse_ls_tree(&listed)?.into_iter().partition(|entry| entry.mode == FOLDER);
            paths.extend(files.into_iter().map(|file| file.path.to_owned()));
            let below = below.into_iter().map(|folder| folder.path).filter(|path| is_wanted(path));
            folders = below.map(str::to_owned).collect();
        }
        Ok(paths)
    }

    /// Gives the bytes of each of these, in their order, as they are in the repository: with the line ends that were
    /// committed.
    pub async fn read_blobs(
        &self,
        blobs: &[&Blob],
        mut take: impl FnMut(&Blob, &[u8]),
    ) -> Result<(), GitError> {
        let mut rest = blobs;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = |blob: &&&Blob| {
                bytes += blob.bytes;
                bytes <= AT_ONCE_BYTES_MAX
            };
            let count = rest.iter().take_while(fits).count().max(1);
            let (some, others) = rest.split_at(count);
            rest = others;
            let names: String = some.iter().flat_map(|blob| [&*blob.id, "\n"]).collect();
            let call = GitCommand::new(&["cat-file", "--batch"]).with_input(names.as_bytes());
            let batch = self.git.run_for_bytes(call).await?;
            let mut answer = batch.as_slice();
            for blob in some {
                let (bytes, others) = split_first_blob(answer, &blob.id)?;
                take(blob, bytes);
                answer = others;
            }
        }
        Ok(())
    }

    /// A commit on `base` that makes these changes, written here and not yet pushed; none if they change
    /// nothing. Its author, its dates and so its id follow from the base, the changes and the message alone.
    pub async fn create_commit(
        &mut self,
        base: &CommitId,
        changes: &[TreeFileWrite],
        message: &str,
    ) -> Result<Option<CommitId>, GitError> {
        let tree = self.write_tree(base, changes).await?;
        if tree == self.tree_id(base).await? {
            return Ok(None);
        }
        self.commit_tree(&tree, &[base], message).await.map(Some)
    }

    /// Git would take away a file or a link where one of these paths needs a folder.
    async fn require_parents_are_folders(
        &self,
        commit: &CommitId,
        paths: &[&TreePath],
    ) -> Result<(), GitError> {
        let above: BTreeSet<&str> = paths.iter().flat_map(|path| path.parent_folders()).collect();
        if above.is_empty() {
            return Ok(());
        }
        let listed = self.ls_tree(commit, above.iter().copied()).await?;
        // Where a folder below one of these is asked for as well, all that is in that one is listed.
        let is_in_the_way = |entry: &TreeEntry<'_>| entry.mode != FOLDER && above.contains(entry.path);
        match parse_ls_tree(&listed)?.into_iter().find(is_in_the_way) {
            Some(TreeEntry { path, .. }) => Err(GitError::NotAFolder(path.to_owned())),
            None => Ok(()),
        }
    }

    async fn ls_tree<'a>(
        &self,
        commit: &'a CommitId,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<String, GitError> {
        let fixed = ["ls-tree", "--long", "-z", commit.as_str(), "--"].into_iter();
        let args: Vec<&str> = fixed.chain(paths).collect();
        self.git.run_for_text(GitCommand::new(&args)).await
    }

    /// The tree of `base` with these changes, through an index of its own.
    async fn write_tree(&self, base: &CommitId, changes: &[TreeFileWrite]) -> Result<String, GitError> {
        let index = self.folder.join("paperwire.index");
        match std::fs::remove_file(&index) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(GitError::Other(format!("cannot remove {}: {error}", index.display())));
            }
            Ok(()) | Err(_) => {}
        }
        let index = index.to_string_lossy();
        let variables = [("GIT_INDEX_FILE", index.as_ref())];
        let entries = self.git_index_entries(base, changes).await?;
        self.git
            .run_for_bytes(
                GitCommand::new(&["read-tree", base.as_str()]).with_environment_variables(&variables),
            )
            .await?;
        let update = GitCommand::new(&["update-index", "-z", "--index-info"]);
        self.git
            .run_for_bytes(update.with_environment_variables(&variables).with_input(entries.as_bytes()))
            .await?;
        let tree = self
            .git
            .run_for_text(GitCommand::new(&["write-tree"]).with_environment_variables(&variables))
            .await?;
        Ok(tree.trim().to_owned())
    }

    /// The changes as `update-index --index-info` takes them.
    async fn git_index_entries(
        &self,
        base: &CommitId,
        changes: &[TreeFileWrite],
    ) -> Result<String, GitError> {
        if changes.is_empty() {
            return Ok(String::new());
        }
        let paths: Vec<&TreePath> = changes.iter().map(|change| &change.path).collect();
        self.require_parents_are_folders(base, &paths).await?;
        let current = self.find_files_at_commit(base, &paths).await?;
        let mut entries = String::new();
        for TreeFileWrite { path, bytes } in changes {
            let call = GitCommand::new(&["hash-object", "-w", "--stdin"]).with_input(bytes);
            let id = self.git.run_for_text(call).await?;
            let is_executable = current.get(path.as_str()).is_some_and(|current| current.is_executable);
            let mode = if is_executable { EXECUTABLE } else { PLAIN };
            let _ = write!(entries, "{mode} {}\t{path}\0", id.trim());
        }
        Ok(entries)
    }

    pub(super) async fn tree_id(&self, commit: &CommitId) -> Result<String, GitError> {
        let name = format!("{commit}^{{tree}}");
        let tree = self.git.run_for_text(GitCommand::new(&["rev-parse", "--verify", &name])).await?;
        Ok(tree.trim().to_owned())
    }

    /// A commit of a tree, dated as the youngest of its parents, so that it comes out the same again. The author's date is
    /// earlier by some seconds that follow from the tree: a person who moves or amends the commit keeps it, and it can be told
    /// from others of ours by it.
    pub(super) async fn commit_tree(
        &self,
        tree: &str,
        parents: &[&CommitId],
        message: &str,
    ) -> Result<CommitId, GitError> {
        let newest = self.newest_commit_date(parents).await?;
        let written = newest.saturating_sub(seconds_of_tree(tree));
        let [date, written] = [newest, written].map(|seconds| format!("@{seconds} +0000"));
        let variables = [
            ("GIT_AUTHOR_NAME", NAME),
            ("GIT_AUTHOR_EMAIL", ADDRESS),
            ("GIT_AUTHOR_DATE", &written),
            ("GIT_COMMITTER_NAME", NAME),
            ("GIT_COMMITTER_EMAIL", ADDRESS),
            ("GIT_COMMITTER_DATE", &date),
        ];
        let of = parents.iter().flat_map(|parent| ["-p", parent.as_str()]);
        let args: Vec<&str> = ["commit-tree", tree].into_iter().chain(of).collect();
        let call =
            GitCommand::new(&args).with_environment_variables(&variables).with_input(message.as_bytes());
        parse_commit_id(&self.git.run_for_text(call).await?)
    }

    /// When the youngest of these was committed, in seconds; a date before 1970 counts as 1970.
    async fn newest_commit_date(&self, commits: &[&CommitId]) -> Result<u64, GitError> {
        let fixed = ["log", "--no-walk", "--format=%ct"].into_iter();
        let args: Vec<&str> = fixed.chain(commits.iter().map(|commit| commit.as_str())).collect();
        let dates = self.git.run_for_text(GitCommand::new(&args)).await?;
        Ok(dates.lines().filter_map(|date| date.parse().ok()).max().unwrap_or(0))
    }
}

/// Some seconds, less than an hour, that are hardly those of another tree.
fn seconds_of_tree(tree: &str) -> u64 {
    tree.get(..8).and_then(|digits| u64::from_str_radix(digits, 16).ok()).map_or(0, |number| number % 3600)
}

/// One entry of a folder.
struct TreeEntry<'a> {
    mode: &'a str,
    id: &'a str,
    /// How long it is, if that was asked for.
    bytes: Option<u64>,
    path: &'a str,
}

/// What `ls-tree -z` lists.
fn parse_ls_tree(listed: &str) -> Result<Vec<TreeEntry<'_>>, GitError> {
    let entry = |entry| {
        let (about, path) = str::split_once(entry, '\t')?;
        let mut about = about.split_whitespace();
        let (mode, _, id) = (about.next()?, about.next()?, about.next()?);
        Some(TreeEntry { mode, id, bytes: about.next().and_then(|bytes| bytes.parse().ok()), path })
    };
    let all = listed.split('\0').filter(|entry| !entry.is_empty()).map(entry);
    let read: Option<Vec<_>> = all.collect();
    read.ok_or_else(|| GitError::Other("git ls-tree: an entry that cannot be read".to_owned()))
}

/// The first of the blobs that `cat-file --batch` gives, and the others: of each a line that ends with its length, its
/// bytes, and a line's end.
fn split_first_blob<'a>(answer: &'a [u8], id: &str) -> Result<(&'a [u8], &'a [u8]), GitError> {
    let read = || {
        let end = answer.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = (std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 1..]);
        let (its, length) = line.split_once(" blob ")?;
        let (bytes, others) = rest.split_at_checked(length.parse().ok()?)?;
        Some((bytes, others.strip_prefix(b"\n")?)).filter(|_| its == id)
    };
    read().ok_or_else(|| GitError::Other(format!("git cat-file: there is no {id}")))
}

/// What is in a file's place, by its mode, if it is no file.
/// Source: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>.
fn non_file_kind(mode: &str) -> Option<&'static str> {
    match mode {
        FOLDER => Some("a folder"),
        "120000" => Some("a symbolic link"),
        "160000" => Some("another repository"),
        _ => None,
    }
}
