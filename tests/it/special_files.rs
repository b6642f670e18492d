//! What is no plain file in the place of one that is read or written: refused with a sentence, and never waited for.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NOW, TestEnv, stderr, stdout};

#[test]
fn a_pipe_a_device_or_a_socket_in_the_place_of_a_file_is_refused_when_the_configuration_is_read() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9");
    assert!(Command::new("mkfifo").arg(env.path("pipe")).status().unwrap().success());
    symlink("pipe", env.path("link")).unwrap();
    symlink("/dev/zero", env.path("zero")).unwrap();
    let _socket = UnixListener::bind(env.path("socket")).unwrap();
    let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    let with = |from: &str, to: &str| config.replace(from, to);
    let sink = |keys: &str| format!("{config}\n[[sink]]\nname = \"x\"\n{keys}\n");
    let mail = "kind = \"email\"\nserver = \"smtps://mail.example.org\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n";
    for (key, words, config) in [
        ("file", "is a pipe", with("README.md", "pipe")),
        ("file", "is a pipe", with("README.md", "link")),
        ("file", "is a device", with("README.md", "/dev/null")),
        ("file", "is a device", with("README.md", "zero")),
        ("file", "is a socket", with("README.md", "socket")),
        ("feed", "is a pipe", format!("{config}feed = \"pipe\"\n")),
        ("bibtex", "is a device", format!("{config}bibtex = \"/dev/null\"\n")),
        ("page", "is a socket", format!("{config}page = \"socket\"\n")),
        ("state", "is a pipe", with("paperwire.db", "link")),
        ("path", "is a pipe", sink("kind = \"maildir\"\npath = \"pipe\"")),
        ("url_file", "is a pipe", sink("kind = \"slack\"\nurl_file = \"pipe\"")),
        ("secret_file", "is a device", sink("kind = \"webhook\"\nurl_env = \"X\"\nsecret_file = \"zero\"")),
        ("ca_file", "is a pipe", sink(&format!("{mail}ca_file = \"pipe\""))),
        ("password_file", "is a socket", sink(&format!("{mail}user = \"u\"\npassword_file = \"socket\""))),
    ] {
        std::fs::write(env.path("paperwire.toml"), config).unwrap();
        for command in ["check", "once", "plan", "status", "run"] {
            let done = env.run_program(&[command, "--now", NOW]);
            let told = stderr(&done);
            assert!(done.status.code() == Some(2) && told.contains(words), "{command}, {key}: {told}");
            assert!(told.contains(key), "{command}: {told}");
        }
    }
}

#[test]
fn a_pipe_or_a_socket_in_the_place_of_the_history_that_no_key_names_is_refused_with_a_sentence() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9");
    let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    let without_state =
        config.lines().filter(|line| !line.starts_with("state")).collect::<Vec<_>>().join("\n");
    assert_ne!(config.trim_end(), without_state);
    std::fs::write(env.path("paperwire.toml"), without_state).unwrap();
    let history = env.path("papers/paperwire.db");
    std::fs::create_dir(env.path("papers")).unwrap();
    for kind in ["pipe", "socket"] {
        let socket = (kind == "socket").then(|| UnixListener::bind(&history).unwrap());
        if socket.is_none() {
            assert!(Command::new("mkfifo").arg(&history).status().unwrap().success());
        }
        for command in ["check", "once", "status"] {
            let done = env.run_program(&[command, "--now", NOW]);
            let words = format!("state: is not given, and its default \"papers/paperwire.db\" is a {kind}");
            assert!(
                done.status.code() == Some(2) && stderr(&done).contains(&words),
                "{command}: {}",
                stderr(&done)
            );
        }
        std::fs::remove_file(&history).unwrap();
    }
}

#[test]
fn a_pipe_or_a_socket_in_the_place_of_what_sqlite_keeps_next_to_the_history_is_refused_and_not_waited_for() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    for suffix in ["-journal", "-wal", "-shm"] {
        let file = env.path(&format!("paperwire.db{suffix}"));
        for kind in ["pipe", "socket"] {
            let socket = (kind == "socket").then(|| UnixListener::bind(&file).unwrap());
            if socket.is_none() {
                assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
            }
            for command in [
                &["check"][..],
                &["once"],
                &["plan"],
                &["status"],
                &["search", "x"],
                &["outbox", "drop", "1"],
            ] {
                let done = env.run_program(&[command, &["--now", LATER]].concat());
                let words = format!("paperwire.db{suffix} is no plain file");
                assert!(
                    done.status.code() == Some(1) && stderr(&done).contains(&words),
                    "{kind}, {command:?}: {done:?}"
                );
            }
            std::fs::remove_file(&file).unwrap();
        }
    }
    env.run_once_without_failure(LATER);
}

#[test]
fn a_pipe_a_device_or_a_folder_in_the_place_of_the_lock_is_refused_and_not_waited_for() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let lock = env.path("paperwire.db.lock");
    let print = env.list_file_id();
    for kind in ["pipe", "device", "folder"] {
        std::fs::remove_file(&lock).unwrap();
        match kind {
            "pipe" => assert!(Command::new("mkfifo").arg(&lock).status().unwrap().success()),
            "device" => symlink("/dev/zero", &lock).unwrap(),
            _ => std::fs::create_dir(&lock).unwrap(),
        }
        // What only looks is kept by nothing.
        let done = env.run_program(&["status", "--now", NOW]);
        assert_eq!((done.status.code(), stderr(&done)), (Some(0), ""), "{kind}");
        for command in ["check", "once", "run"] {
            let done = env.run_program(&[command, "--now", LATER]);
            let told = stderr(&done);
            assert!(
                !done.status.success() && told.contains("cannot open the lock"),
                "{kind}, {command}: {told}"
            );
            assert!(kind == "folder" || told.contains("it is no plain file"), "{kind}, {command}: {told}");
        }
        assert_eq!(env.list_file_id(), print, "{kind}");
    }
}

#[test]
fn a_pipe_in_the_place_of_an_archive_file_is_found_by_check() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9").with_list("archive = \"archive/{year}.md\"\n");
    assert_eq!(env.run_program(&["check"]).status.code(), Some(0));
    std::fs::create_dir(env.path("archive")).unwrap();
    assert!(Command::new("mkfifo").arg(env.path("archive/2024.md")).status().unwrap().success());
    let done = env.run_program(&["check"]);
    let told = stdout(&done);
    assert!(done.status.code() == Some(1) && told.contains("archive/2024.md"), "{told}");
}
