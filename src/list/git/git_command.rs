//! One run of git: its environment, its limits, its end.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::process::Command;

use super::child_process::{self, ChildError, ChildOutput, limited_command};
use super::environment_allowlist::{GitEnvironment, REDACTED};
use super::error::{GitError, classify_git_output, one_line, strip_control_characters};
use super::git_user_and_token::GitLogin;
use super::leftovers::remove_leftovers;
use crate::clock::TimeBudget;
use crate::domain::{GitTransport, Remote};

/// How a remote is called in the settings that go with a run; nothing is written into the folder.
pub(super) const REMOTE: &str = "list";

/// Longest run that stays on this machine. Reading the tree of a very large repository takes some seconds.
const LOCAL_TIME: Duration = Duration::from_mins(1);

/// How often the longest run may be taken by all of them together: a remote that answers each just in time is as good
/// as one that does not answer.
const NETWORK_RUNS: u32 = 2;

/// Settings for every run. Hooks and a background clean-up would outlive the run or do what we did not ask for;
/// after a redirect the header with the token would go to another host.
const SETTINGS: [(&str, &str); 12] = [
    ("core.hooksPath", "/dev/null"),
    ("core.sshCommand", "ssh -oBatchMode=yes -oConnectTimeout=30"),
    ("credential.helper", ""),
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
    ("http.followRedirects", "false"),
    // Of memory git takes what it likes, by the sizes that a pack names. A file larger than this one passes through.
    ("core.bigFileThreshold", "8m"),
    ("core.deltaBaseCacheLimit", "8m"),
    ("core.packedGitLimit", "64m"),
    ("core.packedGitWindowSize", "16m"),
    ("pack.threads", "1"),
    ("pack.windowMemory", "16m"),
];

/// Variables for every run: no configuration but ours, no question to a terminal, words that we can read.
const VARIABLES: [(&str, &str); 9] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", ""),
    ("SSH_ASKPASS_REQUIRE", "never"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("LC_ALL", "C"),
];

/// The file in our folder that git reads as the user's configuration when it opens a repository in another folder.
const LOCAL_REMOTE_CONFIG: &str = "local-remote.gitconfig";

/// git opens no repository of another user without this. Source: <https://git-scm.com/docs/git-config>, `safe.directory`.
const LOCAL_REMOTE_SETTINGS: &str = "[safe]\n\tdirectory = *\n";

/// The git of this machine, at work in one folder for one remote.
#[derive(Debug)]
pub(super) struct Git {
    program: OsString,
    environment: GitEnvironment,
    folder: Option<PathBuf>,
    settings: Vec<(String, String)>,
    transport: Option<GitTransport>,
    login: Option<GitCredentials>,
    network_time: Duration,
    /// What all runs together may speak with the remote.
    network_budget: TimeBudget,
}

/// What opens the remote: the setting that it goes by, and the secrets that git might repeat.
#[derive(Debug)]
struct GitCredentials {
    key: String,
    header: AuthorizationHeader,
    login: GitLogin,
}

/// `Authorization: Basic …`; shown to nobody.
struct AuthorizationHeader(String);

/// What one run is asked to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct GitCommand<'a> {
    args: &'a [&'a str],
    input: &'a [u8],
    variables: &'a [(&'a str, &'a str)],
    scope: LocalOrRemoteGitCommand,
}

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LocalOrRemoteGitCommand {
    Local,
    Remote,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct GitOutput {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    /// What it complained of, made safe to show: without the token, without control characters.
    pub(super) err: String,
}

impl std::fmt::Debug for AuthorizationHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'a> GitCommand<'a> {
    /// A run that stays on this machine.
    pub(super) fn new(args: &'a [&'a str]) -> Self {
        Self { args, input: &[], variables: &[], scope: LocalOrRemoteGitCommand::Local }
    }

    /// A run that speaks to the remote.
    pub(super) fn remote_command(args: &'a [&'a str]) -> Self {
        Self { scope: LocalOrRemoteGitCommand::Remote, ..Self::new(args) }
    }

    pub(super) fn with_input(self, input: &'a [u8]) -> Self {
        Self { input, ..self }
    }

    pub(super) fn with_environment_variables(self, variables: &'a [(&'a str, &'a str)]) -> Self {
        Self { variables, ..self }
    }

    /// The error that a failed command means.
    pub(super) fn git_command_error(self, ran: &GitOutput) -> GitError {
        match self.scope {
            LocalOrRemoteGitCommand::Remote => classify_git_output(&ran.err),
            LocalOrRemoteGitCommand::Local if ran.err.trim().is_empty() => {
                GitError::Other(format!("{}: {}", git_command_name(self), ran.status))
            }
            LocalOrRemoteGitCommand::Local => {
                GitError::Other(format!("{}: {}", git_command_name(self), one_line(&ran.err)))
            }
        }
    }
}

impl Git {
    /// Git in no folder, for what it says of itself.
    pub(super) fn git_without_folder(program: &OsStr, environment: &GitEnvironment) -> Self {
        Self {
            program: program.to_owned(),
            environment: environment.clone(),
            folder: None,
            settings: Vec::new(),
            transport: None,
            login: None,
            network_time: LOCAL_TIME,
            network_budget: TimeBudget::with_unspent_total(LOCAL_TIME),
        }
    }

    pub(super) fn git_in_folder(
        program: &OsStr,
        environment: &GitEnvironment,
        folder: &Path,
        remote: &Remote,
        login: Option<GitLogin>,
        network_time: Duration,
    ) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            settings: vec![(format!("remote.{REMOTE}.url"), remote.git_remote_url().to_owned())],
            transport: Some(remote.git_transport()),
            login: login.and_then(|login| GitCredentials::credentials_for_remote(remote, login)),
            network_time,
            network_budget: TimeBudget::with_unspent_total(network_time * NETWORK_RUNS),
            ..Self::git_without_folder(program, environment)
        }
    }

    /// Writes into our folder, which is there, what git is to read when it opens a repository in another folder.
    pub(super) fn write_local_remote_config(&self) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let file = folder.join(LOCAL_REMOTE_CONFIG);
        let is_written = std::fs::read(&file).is_ok_and(|text| text == LOCAL_REMOTE_SETTINGS.as_bytes());
        if is_written || self.transport != Some(GitTransport::File) {
            return Ok(());
        }
        File::create(file)?.write_all(LOCAL_REMOTE_SETTINGS.as_bytes())
    }

    /// Runs it and gives its output, which must be text, if it succeeded.
    pub(super) async fn run_for_text(&self, call: GitCommand<'_>) -> Result<String, GitError> {
        let bytes = self.run_for_bytes(call).await?;
        String::from_utf8(bytes)
            .map_err(|_| GitError::Other(format!("{}: not UTF-8", git_command_name(call))))
    }

    /// Runs it and gives its output if it succeeded.
    pub(super) async fn run_for_bytes(&self, call: GitCommand<'_>) -> Result<Vec<u8>, GitError> {
        let ran = self.run_git_command(call).await?;
        if ran.status.success() { Ok(ran.out) } else { Err(call.git_command_error(&ran)) }
    }

    /// Runs it to its end, within the limits, however it ends.
    pub(super) async fn run_git_command(&self, call: GitCommand<'_>) -> Result<GitOutput, GitError> {
        let time_max = match call.scope {
            LocalOrRemoteGitCommand::Local => LOCAL_TIME,
            LocalOrRemoteGitCommand::Remote => self.network_time,
        };
        let proxy = self.transport.filter(|_| call.scope == LocalOrRemoteGitCommand::Remote);
        if let Some(variable) = proxy.and_then(|transport| self.environment.invalid_proxy_variable(transport))
        {
            return Err(GitError::InvalidProxy(variable));
        }
        let mut command = self.build_git_command(call);
        let run = child_process::run_child(&mut command, call.input, time_max);
        let ran = match call.scope {
            LocalOrRemoteGitCommand::Local => Some(run.await),
            // The run has its own limit, which ends it first if enough time is left.
            LocalOrRemoteGitCommand::Remote => {
                self.network_budget.within_time_limit(Duration::MAX, run).await
            }
        };
        let ended = match ran {
            Some(ran) => ran.map_err(|failure| child_error(call, failure, time_max)),
            None => Err(GitError::TimeBudgetExceeded(self.network_time * NETWORK_RUNS)),
        };
        let ChildOutput { status, out, err } = ended.inspect_err(|_| self.remove_leftovers())?;
        Ok(GitOutput { status, out, err: self.sanitize_and_redact_git_output(&err) })
    }

    /// Removes what a run that did not end by itself left half done.
    fn remove_leftovers(&self) {
        if let Some(folder) = &self.folder {
            let _ = remove_leftovers(folder);
        }
    }

    fn build_git_command(&self, call: GitCommand<'_>) -> Command {
        let mut command = if self.is_run_with_resource_limits(call) {
            limited_command(&self.program)
        } else {
            Command::new(&self.program)
        };
        command
            .args(call.args)
            .env_clear()
            .envs(self.environment.variables())
            .envs(VARIABLES)
            .env("GIT_ALLOW_PROTOCOL", self.transport.map_or("none", git_protocol_name))
            .envs(self.git_config_variables(call.scope))
            .envs(call.variables.iter().copied());
        if let Some(folder) = &self.folder {
            command.current_dir(folder).env("GIT_DIR", folder);
            // The git at the other end has variables of its own, but the same configuration files.
            if self.is_call_to_local_repository(call) {
                command.env("GIT_CONFIG_GLOBAL", folder.join(LOCAL_REMOTE_CONFIG));
            }
        }
        command
    }

    /// Whether it opens a repository in a folder of this machine, which may be another user's: who configured it as a list's
    /// trusts it.
    fn is_call_to_local_repository(&self, call: GitCommand<'_>) -> bool {
        call.scope == LocalOrRemoteGitCommand::Remote && self.transport == Some(GitTransport::File)
    }

    /// Whether its memory and its files are limited. In a repository in a folder hooks run that are this machine's own.
    fn is_run_with_resource_limits(&self, call: GitCommand<'_>) -> bool {
        self.transport.is_some() && !self.is_call_to_local_repository(call)
    }

    /// Settings as variables: what is there is in no argument and no file.
    /// Source: <https://git-scm.com/docs/git-config#ENVIRONMENT>, `GIT_CONFIG_COUNT`.
    fn git_config_variables(&self, reach: LocalOrRemoteGitCommand) -> Vec<(String, String)> {
        let ours = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let login = self.login.iter().filter(|_| reach == LocalOrRemoteGitCommand::Remote);
        let login = login.map(|login| (login.key.as_str(), login.header.0.as_str()));
        let all: Vec<_> = SETTINGS.into_iter().chain(ours).chain(login).collect();
        let count = ("GIT_CONFIG_COUNT".to_owned(), all.len().to_string());
        let each = all.into_iter().enumerate().flat_map(|(n, (key, value))| {
            [
                (format!("GIT_CONFIG_KEY_{n}"), key.to_owned()),
                (format!("GIT_CONFIG_VALUE_{n}"), value.to_owned()),
            ]
        });
        std::iter::once(count).chain(each).collect()
    }

    /// What git said, fit for a log: a remote may send anything, also what we sent to it.
    pub(super) fn sanitize_and_redact_git_output(&self, said: &[u8]) -> String {
        let said = String::from_utf8_lossy(said);
        let said = strip_control_characters(&said);
        let said = match &self.login {
            Some(GitCredentials { header, login, .. }) => {
                let encoded = header.0.rsplit(' ').next().unwrap_or_default();
                said.replace(login.token.reveal(), REDACTED).replace(encoded, REDACTED)
            }
            None => said,
        };
        self.environment.redact(said)
    }
}

impl GitCredentials {
    /// None if the remote takes no token.
    fn credentials_for_remote(remote: &Remote, login: GitLogin) -> Option<Self> {
        let encoded = STANDARD.encode(format!("{}:{}", login.user, login.token.reveal()));
        let header = AuthorizationHeader(format!("Authorization: Basic {encoded}"));
        Some(Self { key: format!("http.{}.extraHeader", remote.origin_that_gets_token()?), header, login })
    }
}

/// What it means that a run did not end by itself.
fn child_error(call: GitCommand<'_>, failure: ChildError, time_max: Duration) -> GitError {
    match failure {
        ChildError::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => GitError::NoGit,
        ChildError::NotStarted(error) => GitError::Other(format!("cannot begin git: {error}")),
        ChildError::TimedOut => GitError::TimedOut(time_max),
        ChildError::TooMuchOutput(bytes) => GitError::TooMuchOutput { what: git_command_name(call), bytes },
        ChildError::BrokenPipe(error) => GitError::Other(format!("{}: {error}", git_command_name(call))),
    }
}

/// What git calls a way to a remote.
fn git_protocol_name(transport: GitTransport) -> &'static str {
    match transport {
        GitTransport::Https => "https",
        GitTransport::Http => "http",
        GitTransport::Ssh => "ssh",
        GitTransport::File => "file",
    }
}

/// The run as a person knows it: `git fetch`.
fn git_command_name(call: GitCommand<'_>) -> String {
    format!("git {}", call.args.first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whether_one_run_took_too_long_or_all_of_them_together_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let remote: Remote = "file:///nowhere".parse().unwrap();
        let git = |network_time, left| {
            let environment = GitEnvironment::from_variables(std::env::vars_os());
            let git = Git::git_in_folder(
                "sleep".as_ref(),
                &environment,
                folder.path(),
                &remote,
                None,
                network_time,
            );
            Git { network_budget: TimeBudget::with_unspent_total(left), ..git }
        };
        let (minute, none) = (Duration::from_mins(1), Duration::ZERO);
        let call = GitCommand::remote_command(&["1000"]);
        let one = git(none, minute).run_git_command(call).await.unwrap_err();
        assert_eq!(one.to_string(), "git did not end within 0 seconds and was stopped");
        let all = git(minute, none).run_git_command(call).await.unwrap_err();
        assert_eq!(
            all.to_string(),
            "all that git asked the remote took more than 120 seconds, and it was stopped"
        );
    }
}
