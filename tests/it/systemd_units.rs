//! The units in `systemd/`: what systemd itself says of them, and that they fit the program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::program_command::{help_commands, help_options, run_for_stdout};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv};

const UNITS: [&str; 3] = ["paperwire.service", "paperwire-once.service", "paperwire-once.timer"];
const SERVICES: [&str; 2] = ["paperwire.service", "paperwire-once.service"];

/// Where the units expect the program.
const PROGRAM: &str = "/usr/local/bin/paperwire";
const CONFIG: &str = "/etc/paperwire/paperwire.toml";
const STATE: &str = "/var/lib/paperwire/";

/// 1.2 of 10, in tenths: what is left is the network, and systemd's own socket.
const EXPOSURE_MAX: &str = "12";

/// The longest time that the program gives one request.
const REQUEST_MAX_SECONDS: u64 = 60;

#[test]
fn systemd_finds_the_services_hardly_exposed() {
    if !has_systemd_analyze() {
        return;
    }
    for unit in SERVICES {
        let threshold = format!("--threshold={EXPOSURE_MAX}");
        let words = ["security", "--offline=true", "--no-pager", &threshold];
        let judged =
            Command::new("systemd-analyze").args(words).arg(unit_folder().join(unit)).output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout).into_owned();
        assert!(judged.status.success(), "{unit}: {said}");
        assert!(said.contains("Overall exposure level"), "{unit}: {said}");
        assert_eq!(String::from_utf8_lossy(&judged.stderr), "", "{unit}");
    }
}

#[test]
fn systemd_has_nothing_to_say_against_the_units() {
    if !has_systemd_analyze() {
        return;
    }
    let installed = tempfile::tempdir().unwrap();
    for unit in UNITS {
        let text = read_unit(unit).replace(PROGRAM, env!("CARGO_BIN_EXE_paperwire"));
        fs::write(installed.path().join(unit), text).unwrap();
    }
    for unit in UNITS {
        let words = ["verify", "--man=no"];
        let judged =
            Command::new("systemd-analyze").args(words).arg(installed.path().join(unit)).output().unwrap();
        let said = [judged.stdout, judged.stderr].concat();
        assert_eq!((judged.status.code(), &*String::from_utf8_lossy(&said)), (Some(0), ""), "{unit}");
    }
}

#[test]
fn a_stop_waits_for_the_longest_request() {
    for unit in SERVICES {
        let seconds =
            unit_values(unit, "TimeoutStopSec")[0].strip_suffix('s').unwrap().parse::<u64>().unwrap();
        assert!(seconds > REQUEST_MAX_SECONDS, "{unit}: {seconds}");
    }
}

#[test]
fn both_ways_share_one_state_and_one_user_and_all_walls() {
    let walls = |unit: &str| {
        let text = read_unit(unit);
        let from = text.find("\nStateDirectory=").unwrap();
        let lines = text[from..].lines().take_while(|line| *line != "[Install]");
        let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(walls(SERVICES[0]), walls(SERVICES[1]));
    assert!(walls(SERVICES[0]).len() > 30);
}

#[test]
fn what_the_service_writes_is_for_all_to_read_but_for_its_history() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    for unit in SERVICES {
        let script = format!("umask {}; exec \"$0\" once --now {NOW}", unit_values(unit, "UMask")[0]);
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_paperwire")]).current_dir(env.path(""));
        assert!(command.output().unwrap().status.success(), "{unit}");
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&env.path("README.md")), 0o644);
    let written = fs::read_dir(env.path("")).unwrap().map(|entry| entry.unwrap().path());
    let history = written.filter(|path| path.to_string_lossy().contains("paperwire.db"));
    let history: Vec<PathBuf> = history.collect();
    assert!(history.len() > 1, "{history:?}");
    for file in history {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn the_sample_config_is_taken_and_writes_where_the_service_may() {
    let sample = unit_folder().join("paperwire.toml");
    let explained = run_for_stdout(&unit_folder(), &["check", "--config", "paperwire.toml", "--json"]);
    assert!(explained.starts_with('{'), "{explained}");
    let text = fs::read_to_string(sample).unwrap();
    let paths = text.lines().filter(|line| line.starts_with("state =") || line.starts_with("file ="));
    let paths: Vec<&str> = paths.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert_eq!(paths.len(), 2);
    assert!(paths.iter().all(|path| path.starts_with(STATE)), "{paths:?}");
    for unit in SERVICES {
        assert_eq!(format!("/var/lib/{}/", unit_values(unit, "StateDirectory")[0]), STATE, "{unit}");
    }
}

#[test]
fn every_command_and_option_that_the_units_name_is_the_programs() {
    for unit in SERVICES {
        for line in [unit_values(unit, "ExecStartPre"), unit_values(unit, "ExecStart")].concat() {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words[0].trim_start_matches('-'), PROGRAM, "{unit}");
            assert!(help_commands().iter().any(|command| command == words[1]), "{unit}: {line}");
            let options = help_options(words[1]);
            for option in words[1..].iter().filter(|word| word.starts_with('-')) {
                assert!(options.iter().any(|known| known == option), "{unit}: {line}: {option}");
            }
            assert_eq!(words[2..], ["--config", CONFIG], "{unit}: {line}");
        }
    }
}

/// Without systemd's tool there is nothing to ask, except where all tools are promised.
fn has_systemd_analyze() -> bool {
    let found = Command::new("systemd-analyze").arg("--version").output().is_ok();
    let promised = std::env::var_os("PAPERWIRE_RIGS").is_some_and(|word| word == "1");
    assert!(found || !promised, "PAPERWIRE_RIGS=1, and there is no systemd-analyze");
    found
}

/// The values of a key, in a unit's own order.
fn unit_values(unit: &str, key: &str) -> Vec<String> {
    let text = read_unit(unit);
    let lines = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let values: Vec<String> = lines.map(str::to_owned).collect();
    assert!(!values.is_empty(), "{unit} has no {key}");
    values
}

fn read_unit(unit: &str) -> String {
    fs::read_to_string(unit_folder().join(unit)).unwrap()
}

fn unit_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")
}
