//! A list in a repository over HTTP: the token, and what a forge can answer.

use std::time::Duration;

use paperwire::list::git::{GitEnvironment, GitError, LocalCloneSettings, PushOutcome, Repository};

use crate::support::bare_repository::{
    BareRepository, block_on, file_change, first_fetch_error, list_branch, run_git,
};
use crate::support::http_backend::{
    GitHttpServer, ServerBehavior, TOKEN, basic_auth_header, files_below, git_command_lines,
};

/// A repository that takes pushes over HTTP, behind a server of this manner.
fn serve_repository(manner: ServerBehavior) -> (BareRepository, GitHttpServer) {
    let bare = BareRepository::new();
    run_git(&bare.repository_path(), &["config", "http.receivepack", "true"]);
    let backend = GitHttpServer::serve_folder(bare.folder(), manner);
    (bare, backend)
}

fn repository_options(bare: &BareRepository, backend: &GitHttpServer) -> LocalCloneSettings {
    bare.repository_options_at(&format!("{}/list.git", backend.root), Some(TOKEN))
}

/// Looks and pushes.
async fn fetch_and_push(place: LocalCloneSettings) -> Result<PushOutcome, GitError> {
    let mut ours = Repository::open(place).await?;
    let base = ours.fetch_branch_heads(None, &list_branch()).await?.base.commit;
    let commit = ours.create_commit(&base, &[file_change("README.md", "ours\n")], "x\n").await?.unwrap();
    ours.push_commit(&list_branch(), &commit, None).await
}

#[test]
fn a_push_by_token_leaves_the_token_nowhere() {
    let (bare, backend) = serve_repository(ServerBehavior::Well);
    assert_eq!(block_on(fetch_and_push(repository_options(&bare, &backend))), Ok(PushOutcome::Accepted));
    assert_eq!(bare.file_at_branch("paperwire/list", "README.md"), "ours\n");

    let asked = backend.requests();
    assert!(asked.iter().any(|asked| asked.path.ends_with("/git-receive-pack")), "{asked:?}");
    let header = format!("Basic {}", basic_auth_header());
    assert!(asked.iter().all(|asked| asked.authorization.as_ref() == Some(&header)), "{asked:?}");
    let lines: Vec<&String> = asked.iter().flat_map(|asked| &asked.lines).collect();
    let is_ours = |line: &&&String| line.contains("remote-http") && line.contains(&backend.root);
    assert!(lines.iter().any(|line| is_ours(&line)), "the processes were looked at while they ran");
    for secret in [TOKEN, &basic_auth_header()] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "in an argument");
        let cached = files_below(&bare.folder().join("state"));
        assert!(cached.len() > 3);
        for file in cached {
            let bytes = std::fs::read(&file).unwrap();
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{}", file.display());
        }
    }
}

#[test]
fn no_variable_makes_git_write_down_what_it_sends() {
    let (bare, backend) = serve_repository(ServerBehavior::Well);
    let traces = bare.folder().join("traces");
    std::fs::create_dir(&traces).unwrap();
    let names = [
        "GIT_TRACE",
        "GIT_TRACE_CURL",
        "GIT_TRACE_PACKET",
        "GIT_TRACE_PACKFILE",
        "GIT_TRACE_SETUP",
        "GIT_TRACE2",
        "GIT_TRACE2_EVENT",
        "GIT_TRACE2_PERF",
        "GIT_TRANSFER_TRACE",
    ];
    let file = |name: &str| traces.join(name).into_os_string();
    let switches = [("GIT_TRACE_REDACT", "0"), ("GIT_TRACE2_ENV_VARS", "PATH"), ("GIT_CURL_VERBOSE", "1")];
    let planted = [
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_PARAMETERS", "'http.extraHeader'='X: y'"),
        ("GIT_DIR", "/nowhere"),
        ("GIT_EXEC_PATH", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
    ];
    let switches = switches.into_iter().chain(planted).map(|(name, value)| (name.into(), value.into()));
    let given = std::env::vars_os().chain(names.map(|name| (name.into(), file(name)))).chain(switches);
    let place = LocalCloneSettings {
        environment: GitEnvironment::from_variables(given),
        ..repository_options(&bare, &backend)
    };
    assert_eq!(block_on(fetch_and_push(place)), Ok(PushOutcome::Accepted));
    assert_eq!(files_below(&traces), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_wrong_or_missing_token_is_reported_without_showing_it() {
    let (bare, backend) = serve_repository(ServerBehavior::Well);
    let right = repository_options(&bare, &backend);
    for token in [Some("wrong-canary"), None] {
        let place = bare.repository_options_at(right.remote.git_remote_url(), token);
        let told = first_fetch_error(place);
        assert!(matches!(told, GitError::Unauthenticated(_)), "{told:?}");
        assert!(!format!("{told:?} {told}").contains("canary"), "{told}");
    }
}

#[test]
fn every_answer_of_a_server_has_its_own_trouble() {
    let kind = |trouble: GitError| match trouble {
        GitError::Unauthenticated(_) => "unauthenticated",
        GitError::Forbidden(_) => "forbidden",
        GitError::NotFound(_) => "not found",
        GitError::Unreachable(_) => "unreachable",
        other => panic!("{other:?}"),
    };
    for (status, told) in [
        (401, "unauthenticated"),
        (403, "forbidden"),
        (404, "not found"),
        (429, "unreachable"),
        (500, "unreachable"),
        (503, "unreachable"),
    ] {
        let (bare, backend) = serve_repository(ServerBehavior::Status(status));
        assert_eq!(kind(first_fetch_error(repository_options(&bare, &backend))), told, "{status}");
    }
    let (bare, backend) = serve_repository(ServerBehavior::Well);
    let missing = bare.repository_options_at(&format!("{}/missing.git", backend.root), Some(TOKEN));
    assert_eq!(kind(first_fetch_error(missing)), "not found");
    assert_eq!(
        kind(first_fetch_error(bare.repository_options_at("http://127.0.0.1:1/list.git", None))),
        "unreachable"
    );
    let (bare, backend) = serve_repository(ServerBehavior::NoWriting(403));
    assert_eq!(kind(block_on(fetch_and_push(repository_options(&bare, &backend))).unwrap_err()), "forbidden");
}

#[test]
fn a_hooks_refusal_comes_through_without_a_token_in_it() {
    let (bare, backend) = serve_repository(ServerBehavior::Well);
    bare.refuse_pushes(&format!("you sent {TOKEN} and {}", basic_auth_header()));
    let words = "[remote rejected] (pre-receive hook declined); you sent [redacted] and [redacted]";
    assert_eq!(
        block_on(fetch_and_push(repository_options(&bare, &backend))),
        Ok(PushOutcome::Refused(words.to_owned()))
    );
}

#[test]
fn a_redirect_does_not_carry_the_token_to_another_server() {
    let (other, elsewhere) = serve_repository(ServerBehavior::Well);
    let (bare, backend) = serve_repository(ServerBehavior::Moved(elsewhere.root.clone()));
    let told = first_fetch_error(repository_options(&bare, &backend));
    assert!(matches!(told, GitError::NotFound(_)), "{told:?}");
    assert_eq!(elsewhere.requests().len(), 0, "{}", other.url());
}

#[test]
fn a_server_that_never_answers_is_given_up_and_nothing_of_git_stays() {
    let (bare, backend) = serve_repository(ServerBehavior::Silent);
    let limit = Duration::from_millis(1500);
    let told =
        first_fetch_error(LocalCloneSettings { network_time: limit, ..repository_options(&bare, &backend) });
    assert_eq!(told, GitError::TimedOut(limit));
    assert_eq!(backend.requests().len(), 1);
    let is_left = || git_command_lines().iter().any(|line| line.contains(&backend.root));
    let tries = (0..1000).take_while(|_| is_left()).map(|_| std::thread::yield_now()).count();
    assert!(tries < 1000, "{:?}", git_command_lines());
}
