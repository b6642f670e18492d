//! Peers that take a connection and never say a word.

use std::net::TcpListener;

use crate::fake_arxiv::FakeArxiv;
use crate::sample_papers::sample;
use crate::test_env::{NEXT_DAY, NOW, TestEnv};

/// A listener that nobody answers for: connections wait in its queue.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_silent_mail_server_is_waited_for_once_in_a_run_and_not_for_each_mail() {
    let (fake, (_listener, port)) = (FakeArxiv::serving(sample(3)), silent());
    let env = TestEnv::asking(&fake).with_more(&format!(
        "[[sink]]\nname = \"mail\"\nkind = \"email\"\nserver = \"smtp+plain://127.0.0.1:{port}\"\n\
         from = \"papers@example.org\"\nto = [\"ada@example.org\", \"bob@example.org\", \"eve@example.org\"]\n\n\
         [[subscription]]\nsink = \"mail\"\nwhen = \"now\"\n"
    ));
    env.once_well(NOW);
    fake.set_papers(sample(4));
    let answer = env.once(NEXT_DAY);
    let sink = &answer.sinks[0];
    assert_eq!((answer.status, sink.delivered, sink.deferred), (1, 0, 1), "{answer:?}");
    assert_eq!(answer.digests[0].messages, 3, "the other two wait");
}

#[test]
fn a_silent_git_server_is_waited_for_once_in_a_run_and_not_for_each_list() {
    let (fake, (_listener, port)) = (FakeArxiv::serving(sample(3)), silent());
    let lists = ["one", "two"].map(|name| {
        format!(
            "[[list]]\nname = \"{name}\"\nrepository = \"http://127.0.0.1:{port}/owner/{name}\"\n\
             file = \"README.md\"\nforge = \"none\"\n\n"
        )
    });
    let env = TestEnv::asking(&fake).with_more(&lists.concat());
    let answer = env.once(NOW);
    let reasons: Vec<_> = answer.lists.iter().map(|list| list.reason.as_deref().unwrap_or("")).collect();
    assert_eq!((answer.status, reasons[0], answer.topics[0].seeded), (1, "", 3), "{answer:?}");
    assert!(reasons[1].contains("did not end within 60 seconds"), "{answer:?}");
    assert!(reasons[2].contains(&format!("127.0.0.1:{port} did not answer for another list")), "{answer:?}");
}
