//! What a run answers: standard output, standard error and the exit status.

use std::time::Duration;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv, refusing_url};
use crate::support::sample_papers::{newest_first, paper_of_date, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TestEnv, measure_time, stderr, stdout};

#[test]
fn the_exit_status_distinguishes_done_failed_and_a_wrong_command() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake).with_patience("1s");
    let status = |line: &[&str]| env.run_program(line).status.code();
    assert_eq!(status(&["once", "--now", NOW]), Some(0));
    fake.reply_next([ArxivReply::Html]);
    assert_eq!(status(&["once", "--now", LATER]), Some(1));
    fake.reply_next([ArxivReply::ShortPage]);
    assert_eq!(status(&["once", "--now", LATER]), Some(1));
    for line in [
        &["once", "--now", "yesterday"][..],
        &["twice"],
        &[],
        &["once", "--config", "no-such-file.toml"],
        &["import"],
        &["import", "README.md", "--topic", "No Such Topic"],
    ] {
        let output = env.run_program(line);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{line:?}");
        assert_ne!(stderr(&output), "", "{line:?}");
    }
    std::fs::write(env.path("bad.toml"), "[arxiv]\ncontact = \"a@b.org\"\nspeed = 3\n").unwrap();
    let output = env.run_program(&["once", "--json", "--config", "bad.toml"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(
        stderr(&output).contains("bad.toml:3:") && stderr(&output).contains("speed"),
        "{}",
        stderr(&output)
    );
    assert_eq!(status(&["--help"]), Some(0));
    assert_eq!(status(&["--version"]), Some(0));
}

#[test]
fn options_come_before_or_after_the_command() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    std::fs::rename(env.path("paperwire.toml"), env.path("other.toml")).unwrap();
    env.run_program(&["once", "--config", "other.toml", "--now", NOW]);
    let expected = env.run_program(&["once", "--config", "other.toml", "--json", "--now", LATER]);
    assert!(stdout(&expected).starts_with("{\"topics\":["), "{expected:?}");
    for line in [
        &["--config", "other.toml", "--json", "--now", LATER, "once"][..],
        &["--json", "once", "--config=other.toml", "--now", LATER],
    ] {
        let output = env.run_program(line);
        assert_eq!((output.status.code(), stdout(&output)), (Some(0), stdout(&expected)), "{line:?}");
    }
}

#[test]
fn a_run_as_text_says_what_came_and_why_not() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake).with_patience("1s");
    let words = |now: &str| stdout(&env.run_program(&["once", "--now", now])).to_owned();
    assert_eq!(
        words(NOW),
        "Image Classification: ok, 3 filled in silently, 3 known (1 request)\nREADME.md: 3 rows, written\n"
    );
    fake.reply_next([ArxivReply::ZeroBytes]);
    assert_eq!(
        words(LATER),
        "Image Classification: failed, 3 known (1 request): 127.0.0.1: the body is empty (0 bytes)\n\
         README.md: 3 rows, unchanged\n"
    );
    fake.set_papers(newest_first(
        [sample_papers(3), vec![paper_of_date("2503.21001", "2025-03-27T09:00:00Z")]].concat(),
    ));
    assert_eq!(
        words(NEXT_DAY),
        "Image Classification: ok, 1 new, 0 replaced, 4 known (1 request)\nREADME.md: 4 rows, written\n"
    );
}

#[test]
fn without_a_network_a_run_says_so_within_ten_seconds_and_what_to_try() {
    let env = TestEnv::with_arxiv_url(&refusing_url()).with_topics(&[("A", "cat:cs.CV"), ("B", "all:x")]);
    let (answer, took) = measure_time(|| env.run_once(NOW));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(answer.status, 1);
    let [a, b] = &answer.topics[..] else { panic!("{answer:?}") };
    let reason = a.reason.as_deref().unwrap_or_default();
    assert!(reason.contains("connection refused") && reason.contains("`paperwire demo`"), "{reason}");
    assert_eq!((b.status.as_str(), b.requests), ("failed", 0));
    assert!(b.reason.as_deref().unwrap_or_default().contains("not asked"), "{b:?}");
    assert!(answer.stderr.contains("`paperwire demo`"), "{}", answer.stderr);
    assert!(!env.path("README.md").exists(), "there is nothing to say yet");
}

#[test]
fn a_wrong_word_on_the_command_line_is_refused_in_words_of_this_program_before_anything_else() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/api/query");
    for (line, words) in [
        (&["status", "--now", "tomorrow"][..], "it is no moment; write it whole, as in 2025-03-26T08:00:00Z"),
        (&["outbox", "retry", "abc"], "it is no message's number; `paperwire outbox` shows them"),
        (&["outbox", "drop", "1.5"], "it is no message's number"),
        (&["search", "x", "--limit", "many"], "it is no number of papers"),
        (&["paper", "split", "2503.1"], "`2503.1` names no paper"),
        (&["paper", "merge", "2503.20246", "2503.1"], "`2503.1` names no paper"),
    ] {
        let output = env.run_program(line);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{line:?}: {output:?}");
        assert!(stderr(&output).contains(words), "{line:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("history"), "{line:?}: {}", stderr(&output));
    }
}

#[test]
fn a_check_that_fails_says_why_on_standard_error() {
    let sink = "[[sink]]\nname = \"lab\"\nkind = \"slack\"\nurl_file = \"gone\"\n\n[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n";
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/api/query").with_config_lines(sink);
    env.write_list("# Mine\n\n<!-- paperwire:begin Image Classification -->\n");
    let output = env.run_program(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    for words in ["the sink \"lab\": a secret of it cannot be read", "the list README.md: "] {
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}
