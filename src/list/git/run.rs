//! One run of git: its environment, its limits, its end.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::environment::{Environment, REDACTED};
use super::repository::Login;
use super::trouble::{Trouble, clean, judge, words};
use crate::domain::{Remote, Transport};

/// How a remote is called in the settings that go with a run; nothing is written into the folder.
pub(super) const REMOTE: &str = "list";

/// Longest run that stays on this machine. Reading the tree of a very large repository takes some seconds.
const LOCAL_TIME: Duration = Duration::from_mins(1);

/// Longest output of one run: a list's file is read whole, and no forge shows a larger one.
const OUT_BYTES_MAX: u64 = 64 << 20;

/// Longest that git may complain.
const ERR_BYTES_MAX: u64 = 1 << 20;

/// Settings for every run. Hooks and a background clean-up would outlive the run or do what we did not ask for;
/// after a redirect the header with the token would go to another host.
const SETTINGS: [(&str, &str); 6] = [
    ("core.hooksPath", "/dev/null"),
    ("core.sshCommand", "ssh -oBatchMode=yes -oConnectTimeout=30"),
    ("credential.helper", ""),
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
    ("http.followRedirects", "false"),
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

/// The git of this machine, at work in one folder for one remote.
#[derive(Debug)]
pub(super) struct Git {
    program: OsString,
    environment: Environment,
    folder: Option<PathBuf>,
    settings: Vec<(String, String)>,
    transport: Option<Transport>,
    login: Option<Credentials>,
    network_time: Duration,
}

/// What opens the remote: the setting that it goes by, and the secrets that git might repeat.
#[derive(Debug)]
struct Credentials {
    key: String,
    header: Header,
    login: Login,
}

/// `Authorization: Basic …`; shown to nobody.
struct Header(String);

/// What one run is asked to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    args: &'a [&'a str],
    input: &'a [u8],
    variables: &'a [(&'a str, &'a str)],
    reach: Reach,
}

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Local,
    Remote,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    /// What it complained of, made safe to show: without the token, without control characters.
    pub(super) err: String,
}

/// The children of one run; killed with all that they began unless the run has ended by itself.
struct Group(Option<Pid>);

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'a> Call<'a> {
    /// A run that stays on this machine.
    pub(super) fn new(args: &'a [&'a str]) -> Self {
        Self { args, input: &[], variables: &[], reach: Reach::Local }
    }

    /// A run that speaks to the remote.
    pub(super) fn to_remote(args: &'a [&'a str]) -> Self {
        Self { reach: Reach::Remote, ..Self::new(args) }
    }

    pub(super) fn with_input(self, input: &'a [u8]) -> Self {
        Self { input, ..self }
    }

    pub(super) fn with_variables(self, variables: &'a [(&'a str, &'a str)]) -> Self {
        Self { variables, ..self }
    }

    /// What it means that it failed.
    pub(super) fn fault(self, ran: &Ran) -> Trouble {
        match self.reach {
            Reach::Remote => judge(&ran.err),
            Reach::Local if ran.err.trim().is_empty() => {
                Trouble::Git(format!("{}: {}", named(self), ran.status))
            }
            Reach::Local => Trouble::Git(format!("{}: {}", named(self), words(&ran.err))),
        }
    }
}

impl Git {
    /// Git in no folder, for what it says of itself.
    pub(super) fn anywhere(program: &OsStr, environment: &Environment) -> Self {
        Self {
            program: program.to_owned(),
            environment: environment.clone(),
            folder: None,
            settings: Vec::new(),
            transport: None,
            login: None,
            network_time: LOCAL_TIME,
        }
    }

    pub(super) fn at(
        program: &OsStr,
        environment: &Environment,
        folder: &Path,
        remote: &Remote,
        login: Option<Login>,
        network_time: Duration,
    ) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            settings: vec![(format!("remote.{REMOTE}.url"), remote.url().to_owned())],
            transport: Some(remote.transport()),
            login: login.and_then(|login| Credentials::of(remote, login)),
            network_time,
            ..Self::anywhere(program, environment)
        }
    }

    /// Runs it and gives its output, which must be text, where it succeeded.
    pub(super) async fn text(&self, call: Call<'_>) -> Result<String, Trouble> {
        let bytes = self.bytes(call).await?;
        String::from_utf8(bytes).map_err(|_| Trouble::Git(format!("{}: not UTF-8", named(call))))
    }

    /// Runs it and gives its output where it succeeded.
    pub(super) async fn bytes(&self, call: Call<'_>) -> Result<Vec<u8>, Trouble> {
        let ran = self.run(call).await?;
        if ran.status.success() { Ok(ran.out) } else { Err(call.fault(&ran)) }
    }

    /// Runs it to its end, within the limits, however it ends.
    pub(super) async fn run(&self, call: Call<'_>) -> Result<Ran, Trouble> {
        let limit = match call.reach {
            Reach::Local => LOCAL_TIME,
            Reach::Remote => self.network_time,
        };
        let proxy = self.transport.filter(|_| call.reach == Reach::Remote);
        if let Some(variable) = proxy.and_then(|transport| self.environment.wrong_proxy(transport)) {
            return Err(Trouble::NoProxy(variable));
        }
        let mut child = self.command(call).spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Trouble::NoGit,
            _ => Trouble::Git(format!("cannot begin git: {error}")),
        })?;
        let mut group = Group::of(&child);
        let talked = tokio::time::timeout(limit, talk(&mut child, call)).await;
        let (status, out, err) = talked.map_err(|_| Trouble::TimedOut(limit))??;
        group.0 = None;
        Ok(Ran { status, out, err: self.shown(&err) })
    }

    fn command(&self, call: Call<'_>) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(call.args)
            .env_clear()
            .envs(self.environment.variables())
            .envs(VARIABLES)
            .env("GIT_ALLOW_PROTOCOL", self.transport.map_or("none", protocol))
            .envs(self.settings(call.reach))
            .envs(call.variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(folder) = &self.folder {
            command.current_dir(folder).env("GIT_DIR", folder);
        }
        command
    }

    /// Settings as variables: what stands there is in no argument and no file.
    /// Source: <https://git-scm.com/docs/git-config#ENVIRONMENT>, `GIT_CONFIG_COUNT`.
    fn settings(&self, reach: Reach) -> Vec<(String, String)> {
        let ours = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let login = self.login.iter().filter(|_| reach == Reach::Remote);
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
    pub(super) fn shown(&self, said: &[u8]) -> String {
        let said = String::from_utf8_lossy(said);
        let said = clean(&said);
        let said = match &self.login {
            Some(Credentials { header, login, .. }) => {
                let encoded = header.0.rsplit(' ').next().unwrap_or_default();
                said.replace(login.token.reveal(), REDACTED).replace(encoded, REDACTED)
            }
            None => said,
        };
        self.environment.redacted(said)
    }
}

impl Credentials {
    /// None where the remote takes no token.
    fn of(remote: &Remote, login: Login) -> Option<Self> {
        let encoded = STANDARD.encode(format!("{}:{}", login.user, login.token.reveal()));
        let header = Header(format!("Authorization: Basic {encoded}"));
        Some(Self { key: format!("http.{}.extraHeader", remote.origin()?), header, login })
    }
}

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It may have ended just now; then there is nobody left to kill.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// Speaks with a child until it ends.
async fn talk(child: &mut Child, call: Call<'_>) -> Result<(ExitStatus, Vec<u8>, Vec<u8>), Trouble> {
    let (input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        let Some(mut input) = input else { return Ok(()) };
        match input.write_all(call.input).await {
            // It may end before it has read all; how it ended says more.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| Trouble::Git(format!("{}: {error}", named(call)))),
        }
    };
    let ((), out, err) =
        tokio::try_join!(write, whole(out, OUT_BYTES_MAX, call), whole(err, ERR_BYTES_MAX, call))?;
    let status = child.wait().await.map_err(|error| Trouble::Git(format!("{}: {error}", named(call))))?;
    Ok((status, out, err))
}

/// All that comes, up to a limit.
async fn whole(
    from: Option<impl AsyncRead + Unpin>,
    bytes_max: u64,
    call: Call<'_>,
) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let read = from.take(bytes_max + 1).read_to_end(&mut bytes).await;
        read.map_err(|error| Trouble::Git(format!("{}: {error}", named(call))))?;
    }
    if bytes.len() as u64 > bytes_max {
        return Err(Trouble::Git(format!("{}: more than {} MiB of output", named(call), bytes_max >> 20)));
    }
    Ok(bytes)
}

/// What git calls a way to a remote.
fn protocol(transport: Transport) -> &'static str {
    match transport {
        Transport::Https => "https",
        Transport::Http => "http",
        Transport::Ssh => "ssh",
        Transport::File => "file",
    }
}

/// The run as a person knows it: `git fetch`.
fn named(call: Call<'_>) -> String {
    format!("git {}", call.args.first().copied().unwrap_or_default())
}
