//! Hosts behind ssh that send without end, in pieces, nothing, or what nobody can use: git ends in words, in 64 MB, and
//! leaves nothing running; everything else is done in the same run.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use paperwire::list::git::{GitEnvironment, GitError, LocalCloneSettings, Repository};
use rustix::fs::{Mode, OFlags};

use crate::hostile_peers::{immediate_subscription, run_once_limited, time_of_day_number};
use crate::support::bare_repository::{BareRepository, block_on, list_branch};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv};

/// What ssh does at each host that ends by itself, or has no end. A part of git's protocol begins with its length in
/// hexadecimal. Source: <https://git-scm.com/docs/gitprotocol-common#_pkt_line_format>.
const ENDLESS: [(&str, &str); 11] = [
    ("branches", "exec yes '003a0123456789012345678901234567890123456789 refs/heads/x'"),
    ("abilities", "echo '000eversion 2'; exec yes '000cagent=x'"),
    ("letters", "exec yes x"),
    ("zeros", "exec cat /dev/zero"),
    ("empty-parts", "exec yes 0005"),
    ("complaints", "exec yes no >&2"),
    ("complaints-of-a-part", "exec yes '0007\\002no'"),
    ("many-words", "yes no | head -c 100000 >&2; exit 255"),
    ("garbage", "printf '\\377\\000\\001\\002'; exit 0"),
    ("broken-part", "printf fff0x; exit 0"),
    ("nothing", "exit 0"),
];

/// What ssh does at each host that would take forever.
const STALLED: [(&str, &str); 4] = [
    ("silent", "exec sleep 1000"),
    ("silent-and-closed", "exec >&-; sleep 1000"),
    ("drips", "printf fff0; while sleep 0.1; do printf x; done"),
    ("child", "sleep 1000 & exit 255"),
];

/// The first limit of a run that stalls. It is doubled until ssh was begun in time.
const IMPATIENT: Duration = Duration::from_secs(1);

/// No machine needs longer to start three programs, or to end them.
const PATIENCE: Duration = Duration::from_mins(2);

/// In ssh's place a script that does at each host what is said, and who is at work in it.
struct FakeSsh {
    script: PathBuf,
    living: PathBuf,
    pipe: File,
}

impl FakeSsh {
    fn new(folder: &Path, hosts: &[(&str, &str)]) -> Self {
        let (script, living) = (folder.join("ssh"), folder.join("living"));
        assert!(Command::new("mkfifo").arg(&living).status().unwrap().success());
        let case = |(host, deed): &(&str, &str)| format!("*@{host}.invalid*) echo {host} >&9; {deed} ;;\n");
        let cases = hosts.iter().map(case).collect::<Vec<_>>().concat();
        let text = format!("#!/bin/sh\nexec 9>'{}'\ncase \"$*\" in\n{cases}esac\n", living.display());
        crate::support::executable_files::write_script(&script, &text);
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let pipe = rustix::fs::open(&living, flags, Mode::empty()).unwrap();
        rustix::fs::fcntl_setfl(&pipe, OFlags::empty()).unwrap();
        Self { script, living, pipe: pipe.into() }
    }

    /// The hosts where it was begun since the last time, once nothing of it is at work any more.
    fn hosts_once_all_have_ended(&self) -> Vec<String> {
        let mut pipe = self.pipe.try_clone().unwrap();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            pipe.read_to_string(&mut text).unwrap();
            tell.send(text)
        });
        let text = told
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("somebody still has {} open", self.living.display()));
        text.lines().map(str::to_owned).collect()
    }

    fn environment_variables(&self) -> [(&'static str, String); 2] {
        [("GIT_SSH_COMMAND", self.script.display().to_string()), ("GIT_SSH_VARIANT", "simple".to_owned())]
    }
}

fn ssh_url(host: &str) -> String {
    format!("ssh://git@{host}.invalid/owner/list")
}

#[test]
fn hosts_behind_ssh_that_know_no_end_hold_up_their_lists_alone() {
    let (fake, receivers) = (FakeArxiv::serve_papers(sample_papers(3)), FakeWebhooks::start());
    let env = TestEnv::with_arxiv(&fake);
    let lists = ENDLESS.map(|(host, _)| {
        let repository = ssh_url(host);
        format!("[[list]]\nname = \"{host}\"\nrepository = \"{repository}\"\nfile = \"README.md\"\nforge = \"none\"\n\n")
    });
    let more = receivers.sink_config(&env, "well", "webhook") + &immediate_subscription("well");
    let env = env.with_config_lines(&(lists.concat() + &more));
    let ssh = FakeSsh::new(env.folder(), &ENDLESS);
    run_once_limited(&env, NOW, &ssh.environment_variables());
    ssh.hosts_once_all_have_ended();
    fake.set_papers(sample_papers(4));
    let answer = run_once_limited(&env, &time_of_day_number(0), &ssh.environment_variables());
    assert_eq!(answer.status_and_counts(), ("ok", 1, 0, 0), "{answer:?}");
    assert_eq!(receivers.received_digests("well").len(), 1, "{answer:?}");
    let hosts = ssh.hosts_once_all_have_ended();
    for ((host, _), list) in ENDLESS.iter().zip(&answer.lists[1..]) {
        let reason = list.reason.as_deref().unwrap_or_default();
        assert!(!reason.is_empty() && reason.len() < 800, "{host}: {reason:?}");
        assert!(hosts.iter().any(|begun| begun == host), "{host}: {hosts:?}");
    }
}

#[test]
fn a_host_behind_ssh_that_stalls_is_given_up_with_all_that_it_started() {
    for (host, deed) in STALLED {
        let bare = BareRepository::new();
        let ssh = FakeSsh::new(bare.folder(), &[(host, deed)]);
        let own =
            ssh.environment_variables().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let mut limit = IMPATIENT;
        loop {
            let environment = GitEnvironment::from_variables(std::env::vars_os().chain(own.clone()));
            let place = LocalCloneSettings {
                environment,
                network_time: limit,
                ..bare.repository_options_at(&ssh_url(host), None)
            };
            let ended = block_on(async {
                Repository::open(place).await?.fetch_branch_heads(None, &list_branch()).await
            });
            assert_eq!(ended.unwrap_err(), GitError::TimedOut(limit), "{host}");
            if !ssh.hosts_once_all_have_ended().is_empty() {
                break;
            }
            assert!(limit < PATIENCE, "{host}: ssh was not begun");
            limit *= 2;
        }
    }
}
