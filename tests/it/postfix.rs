//! Whole runs through a real Postfix, over STARTTLS and with a login.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sink::real_peers::{delivered_mail, installed_rigs, postfix_folder};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv};

#[test]
fn digests_of_a_hundred_papers_reach_three_readers_and_pass_a_strict_reader_of_mail() {
    let (Some(folder), Some((rigs, python))) = (postfix_folder(), installed_rigs()) else { return };
    let fake = FakeArxiv::serve_papers(sample_papers(1));
    let env = TestEnv::with_arxiv(&fake);
    std::fs::write(env.path("password"), "secret").unwrap();
    let mark = format!("run{}", std::process::id());
    let to = ["ada", "bob", "eve"].map(|name| format!("{name}.{mark}@rig.example"));
    let env = env.with_config_lines(&format!(
        "[[sink]]\nname = \"mail\"\nkind = \"email\"\nserver = \"smtp://localhost:2587\"\nuser = \"bot@rig\"\n\
         password_file = \"password\"\nca_file = \"{}\"\nfrom = \"Paperwire <papers@rig.example>\"\nto = {to:?}\n\
         unsubscribe = \"https://rig.example/leave\"\n\n\
         [[subscription]]\nsink = \"mail\"\nwhen = \"now\"\n",
        folder.join("ca.pem").display()
    ));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(101));
    let answer = env.run_once_without_failure(NEXT_DAY);
    let (digest, sink) = (&answer.digests[0], &answer.sinks[0]);
    assert_eq!((digest.papers, sink.delivered), (100, digest.messages as u64));
    let arrived = delivered_mail(&folder, || {
        let arrived = arrived_mails(&folder, &mark);
        (arrived.len() >= digest.messages).then_some(arrived)
    });
    assert_eq!(arrived.len(), digest.messages, "each message once");
    for reader in &to {
        let mails = arrived.iter().filter(|mail| is_to(mail, reader)).count();
        assert_eq!(mails, digest.messages / to.len(), "{reader}");
    }
    for mail in arrived {
        let read = Command::new(&python).arg(rigs.join("smtp/check_eml.py")).arg(&mail).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stdout));
    }
}

/// The mails whose recipient has this mark.
fn arrived_mails(folder: &Path, mark: &str) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(folder.join("maildir/inbox/new")) else { return Vec::new() };
    files.map(|file| file.unwrap().path()).filter(|mail| is_to(mail, mark)).collect()
}

fn is_to(mail: &Path, words: &str) -> bool {
    let text = std::fs::read_to_string(mail).unwrap_or_default();
    text.lines()
        .take_while(|line| !line.is_empty())
        .any(|line| line.starts_with("To: ") && line.contains(words))
}
