//! Peers that take a connection and never say a word. Tests are begun by the order of their names: by this one the two
//! minutes of waiting are over before the others are.

use std::net::TcpListener;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv};

/// A listener that nobody answers for: connections wait in its queue.
fn silent_listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_silent_mail_server_and_a_silent_git_server_are_waited_for_once_in_a_run_and_not_for_each_mail_and_list()
{
    let (fake, (_mail, mail_port), (_git, git_port)) =
        (FakeArxiv::serve_papers(sample_papers(3)), silent_listener(), silent_listener());
    let mail = format!(
        "[[sink]]\nname = \"mail\"\nkind = \"email\"\nserver = \"smtp+plain://127.0.0.1:{mail_port}\"\n\
         from = \"papers@example.org\"\nto = [\"ada@example.org\", \"bob@example.org\", \"eve@example.org\"]\n\n\
         [[subscription]]\nsink = \"mail\"\nwhen = \"now\"\n\n"
    );
    let lists = ["one", "two"].map(|name| {
        format!(
            "[[list]]\nname = \"{name}\"\nrepository = \"http://127.0.0.1:{git_port}/owner/{name}\"\n\
             file = \"README.md\"\nforge = \"none\"\n\n"
        )
    });
    let env = TestEnv::with_arxiv(&fake).with_config_lines(&mail);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    // Both in one run: each takes a minute, and nothing else waits for it.
    let answer = env.with_config_lines(&(mail + &lists.concat())).run_once(NEXT_DAY);
    assert_eq!((answer.status, answer.status_and_counts()), (1, ("ok", 1, 0, 0)), "{answer:?}");
    let sink = &answer.sinks[0];
    assert_eq!((sink.delivered, sink.deferred), (0, 1), "{answer:?}");
    assert_eq!(answer.digests[0].messages, 3, "the other two wait");
    let reasons: Vec<_> = answer.lists.iter().map(|list| list.reason.as_deref().unwrap_or("")).collect();
    assert_eq!(reasons[0], "", "{answer:?}");
    assert!(reasons[1].contains("did not end within 60 seconds"), "{answer:?}");
    let other = format!("127.0.0.1:{git_port} did not answer for another list");
    assert!(reasons[2].contains(&other), "{answer:?}");
}
