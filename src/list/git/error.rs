//! What can be wrong between us and a remote, read from what git says.

use std::time::Duration;

use super::version::{GitVersion, NEEDED};
use crate::domain::is_invisible;

/// Most characters of another's words that are passed on.
const WORDS_CHARS_MAX: usize = 600;

/// Why something with git could not be done. None of them has a token in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no such program.
    #[error("there is no git on this machine; a list in a repository needs git {NEEDED} or later")]
    NoGit,
    /// git is too old.
    #[error("git is of version {0}; a list in a repository needs {NEEDED} or later")]
    GitTooOld(GitVersion),
    /// The remote does not know us: no token or key, or a wrong one.
    #[error("the remote did not accept the token or key: {0}")]
    Unauthenticated(String),
    /// The remote knows us, and we may not.
    #[error("the token or key has no right to do this: {0}")]
    Forbidden(String),
    /// No such repository there, or none that we may see, or it has moved.
    #[error("the repository was not found: {0}")]
    NotFound(String),
    /// Nobody answered, or the answer broke off, or it was an error of the server.
    #[error("the remote cannot be reached: {0}")]
    Unreachable(String),
    /// A variable does not name the proxy that it should.
    #[error("the variable {0} is no address of a proxy, as in http://user:password@proxy.example.org:3128")]
    InvalidProxy(&'static str),
    /// git ran for longer than it may.
    #[error("git did not end within {} seconds and was stopped", .0.as_secs())]
    TimedOut(Duration),
    /// All its runs together spoke with the remote for longer than they may.
    #[error("all that git asked the remote took more than {} seconds, and it was stopped", .0.as_secs())]
    TimeBudgetExceeded(Duration),
    /// git wrote more than it may.
    #[error("{what} gave more than {} KiB and was stopped", .bytes >> 10)]
    TooMuchOutput {
        /// The run: `git fetch`.
        what: String,
        /// How much it may say.
        bytes: u64,
    },
    /// A file is larger than any list.
    #[error("{path} has {bytes} bytes in the repository; only {} are read", super::FILE_BYTES_MAX)]
    FileTooLarge {
        /// The file's path.
        path: String,
        /// How large it is.
        bytes: u64,
    },
    /// More branches of ours than can be looked at, by their name.
    #[error("the repository has more than {most} branches {0}: delete old ones", most = super::BRANCHES_MAX)]
    TooManyBranches(String),
    /// There is a repository, without the branch that the list is on: what it has instead.
    #[error("the repository has {0}")]
    NoBaseBranch(String),
    /// Something in a file's place is no file.
    #[error("{path} is {what} in the repository, and no file")]
    NotAFile {
        /// The path of what is no file.
        path: String,
        /// What is there: `a folder`.
        what: &'static str,
    },
    /// Something else is where a folder is needed; to write there would take it away.
    #[error("{0} is no folder in the repository, and a file is to be written in it")]
    NotAFolder(String),
    /// Another program of ours works in the folder.
    #[error("another paperwire works on the same repository")]
    Busy,
    /// Anything else that git said, or its folder does not do.
    #[error("{0}")]
    Other(String),
}

/// What a remote says that does not give a commit because no branch has it, or because it is not there any more.
/// Source: git's upload-pack.c and fetch-pack.c, and `JGitText.properties`.
const WITHHELD: [&str; 4] =
    ["not our ref", "unadvertised object", "couldn't find remote ref", "remote error: want "];

impl GitError {
    /// Whether the remote answered, and does not give the commit that was asked for.
    pub fn is_commit_refused_by_remote(&self) -> bool {
        let (Self::Other(said) | Self::NotFound(said) | Self::Unreachable(said)) = self else { return false };
        WITHHELD.iter().any(|phrase| said.contains(phrase))
    }
}

/// An error, and the phrases by which it is recognised.
type ErrorPattern = (fn(String) -> GitError, &'static [&'static str]);

/// What a run to the remote means that failed.
/// Source: the messages of git's remote-curl.c, http.c, connect.c and upload-pack.c, of curl and of OpenSSH.
pub(super) fn classify_git_output(said: &str) -> GitError {
    const KINDS: [ErrorPattern; 4] = [
        (
            GitError::Unauthenticated,
            &[
                "Authentication failed",
                "could not read Username",
                "could not read Password",
                "Permission denied (",
                "returned error: 401",
            ],
        ),
        (
            GitError::Forbidden,
            &["returned error: 403", "Write access to repository not granted", "denied to "],
        ),
        (
            GitError::NotFound,
            &[
                "not found",
                "returned error: 404",
                "returned error: 410",
                "returned error: 301",
                "returned error: 302",
                "returned error: 307",
                "returned error: 308",
                "does not appear to be a git repository",
                "Could not find repository",
                "not valid: is this a git repository",
            ],
        ),
        (
            GitError::Unreachable,
            &[
                "Could not resolve",
                "Couldn't connect",
                "Failed to connect",
                "Connection ",
                "timed out",
                "early EOF",
                "unexpected disconnect",
                "the remote end hung up",
                "Empty reply",
                "RPC failed",
                "returned error: 429",
                "returned error: 5",
                "Host key verification failed",
                "SSL",
                "certificate",
                "Could not read from remote repository",
            ],
        ),
    ];
    let is_said = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    let kind = KINDS.iter().find(|(_, phrases)| is_said(phrases)).map(|(kind, _)| *kind);
    kind.unwrap_or(GitError::Other)(one_line(said))
}

/// What was said as part of one line, not too long.
pub(super) fn one_line(said: &str) -> String {
    let lines = said.lines().map(|line| line.trim().trim_start_matches("remote:").trim());
    let told = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    match told.char_indices().nth(WORDS_CHARS_MAX) {
        None => told,
        Some((end, _)) => format!("{}…", &told[..end]),
    }
}

/// Without what would do something to a terminal or a log: colours, progress that overwrites its line.
pub(super) fn strip_control_characters(said: &str) -> String {
    let mut shown = String::with_capacity(said.len());
    let mut left = said.chars();
    while let Some(c) = left.next() {
        match c {
            '\u{1b}' => skip_escape_sequence(&mut left),
            '\n' | '\r' => shown.push('\n'),
            '\t' => shown.push(' '),
            c if c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}') => {}
            c => shown.push(c),
        }
    }
    shown
}

/// `ESC [ … letter`; of another sequence its first character.
fn skip_escape_sequence(left: &mut std::str::Chars<'_>) {
    if left.next() == Some('[') {
        let _ = left.find(|c| ('\u{40}'..='\u{7e}').contains(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_told_apart() {
        let name = |said: &str| match classify_git_output(said) {
            GitError::Unauthenticated(_) => "unauthenticated",
            GitError::Forbidden(_) => "forbidden",
            GitError::NotFound(_) => "not found",
            GitError::Unreachable(_) => "unreachable",
            _ => "git",
        };
        for (said, kind) in [
            ("fatal: Authentication failed for 'https://github.com/o/l/'", "unauthenticated"),
            (
                "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
                "unauthenticated",
            ),
            (
                "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                "unauthenticated",
            ),
            (
                "remote: Permission to o/l.git denied to bot.\nfatal: unable to access 'https://github.com/o/l/': \
                 The requested URL returned error: 403",
                "forbidden",
            ),
            (
                "remote: Repository not found.\nfatal: repository 'https://github.com/o/l/' not found",
                "not found",
            ),
            (
                "fatal: '/srv/list.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
                "not found",
            ),
            ("fatal: unable to access 'https://h/o/l/': The requested URL returned error: 301", "not found"),
            ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", "not found"),
            ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable"),
            (
                "fatal: unable to access 'http://127.0.0.1:1/': Failed to connect to 127.0.0.1 port 1",
                "unreachable",
            ),
            ("error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502", "unreachable"),
            ("fatal: unable to access 'https://h/': The requested URL returned error: 503", "unreachable"),
            ("ssh: connect to host h port 22: Connection refused", "unreachable"),
            ("Host key verification failed.\nfatal: Could not read from remote repository.", "unreachable"),
            ("fatal: bad object HEAD", "git"),
        ] {
            assert_eq!(name(said), kind, "{said}");
        }
    }

    #[test]
    fn a_commit_is_withheld_only_by_a_remote_that_says_so() {
        let id = "1".repeat(40);
        for said in [
            format!("fatal: remote error: upload-pack: not our ref {id}"),
            format!("error: Server does not allow request for unadvertised object {id}"),
            format!("fatal: couldn't find remote ref {id}"),
            format!("fatal: git upload-pack: not our ref {id}\nfatal: the remote end hung up unexpectedly"),
            format!("fatal: remote error: want {id} not valid"),
        ] {
            assert!(classify_git_output(&said).is_commit_refused_by_remote(), "{said}");
        }
        for said in [
            "fatal: unable to access 'https://h/': The requested URL returned error: 503",
            "fatal: the remote end hung up unexpectedly",
            "fatal: repository 'https://h/o/l/' not found",
            "fatal: http://h/o/l/info/refs not valid: is this a git repository?",
            "fatal: write error: No space left on device",
            "",
        ] {
            assert!(!classify_git_output(said).is_commit_refused_by_remote(), "{said}");
        }
    }

    #[test]
    fn anothers_words_cannot_leave_their_line() {
        let said = strip_control_characters(
            "remote: \u{1b}[31mGH006: Protected\u{1b}[0m\r\nremote:\u{7}   twice\u{202e}\u{2066}\n\n",
        );
        assert_eq!(one_line(&said), "GH006: Protected; twice");
        assert_eq!(one_line(&"é".repeat(700)).chars().count(), WORDS_CHARS_MAX + 1);
    }
}
