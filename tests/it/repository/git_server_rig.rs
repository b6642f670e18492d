//! A list in a repository that others set up: real git with Basic auth, a protected `main` and a hook that can
//! refuse. It is in `rigs/git-bare` of the folder that `PAPERWIRE_SHARED` names; without it nothing is tested
//! here, with `PAPERWIRE_RIGS=1` that is a failure.

use std::env;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use paperwire::domain::Secret;
use paperwire::list::git::{GitError, GitLogin, LocalCloneSettings, PushOutcome, Repository};
use tempfile::TempDir;

use crate::support::bare_repository::{
    BareRepository, block_on, file_change, first_fetch_error, list_branch,
};

/// The server, ended with the test.
pub(crate) struct RealGitServer(Child);

impl Drop for RealGitServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The rig's folder; none if there is none.
pub(crate) fn rig_folder() -> Option<PathBuf> {
    let rig = PathBuf::from(env::var_os("PAPERWIRE_SHARED")?).join("rigs/git-bare");
    rig.join("githttp.py").exists().then_some(rig)
}

#[test]
fn the_life_of_a_branch_holds_against_the_rig() {
    let Some(rig) = rig_folder() else {
        assert!(env::var_os("PAPERWIRE_RIGS").is_none_or(|asked| asked != "1"), "the rigs are not there");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let made = Command::new("bash").arg(rig.join("rig.sh")).arg(&root).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (url, _server) = start_server(&rig, &root, "bot:secret");
    let place = |token: &str| repository_options(&folder, &url, token);
    assert!(matches!(first_fetch_error(place("wrong")), GitError::Unauthenticated(_)));
    block_on(async {
        let mut ours = Repository::open(place("secret")).await.unwrap();
        let base = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base;
        let one = ours
            .create_commit(&base.commit, &[file_change("README.md", "one\n")], "x\n")
            .await
            .unwrap()
            .unwrap();
        let two = ours
            .create_commit(&base.commit, &[file_change("README.md", "two\n")], "x\n")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(ours.push_commit(&list_branch(), &one, None).await.unwrap(), PushOutcome::Accepted);
        assert_eq!(ours.push_commit(&list_branch(), &two, None).await.unwrap(), PushOutcome::Stale);
        assert_eq!(ours.push_commit(&list_branch(), &two, Some(&one)).await.unwrap(), PushOutcome::Accepted);
        let refused = ours.push_commit(&base.branch, &two, Some(&base.commit)).await.unwrap();
        let PushOutcome::Refused(words) = refused else { panic!("{refused:?}") };
        assert!(words.contains("GH006: Protected branch update failed for refs/heads/main"), "{words}");
        std::fs::write(root.join("list.git/deny"), "not today\n").unwrap();
        let refused = ours.push_commit(&list_branch(), &one, Some(&two)).await.unwrap();
        assert_eq!(
            refused,
            PushOutcome::Refused("[remote rejected] (pre-receive hook declined); not today".into())
        );
        std::fs::remove_file(root.join("list.git/deny")).unwrap();
        assert_eq!(ours.delete_branch(&list_branch(), &two).await.unwrap(), PushOutcome::Accepted);
    });
}

/// Begins the rig's server of `list.git` in a folder, for one login, and waits until it listens.
pub(crate) fn start_server(rig: &Path, root: &Path, login: &str) -> (String, RealGitServer) {
    let port = crate::support::loopback_server::free_port();
    let child = Command::new("python3")
        .arg(rig.join("githttp.py"))
        .arg(port.to_string())
        .arg(root)
        .arg(login)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut server = RealGitServer(child);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(server.0.try_wait().unwrap().is_none(), "the rig's server has ended");
        std::thread::yield_now();
    }
    (format!("http://127.0.0.1:{port}/list.git"), server)
}

fn repository_options(folder: &TempDir, url: &str, token: &str) -> LocalCloneSettings {
    let login = GitLogin { user: "bot".to_owned(), token: Secret::new(token) };
    let bare = BareRepository::new().repository_options_at(url, None);
    LocalCloneSettings { folder: folder.path().join("state/list.git"), login: Some(login), ..bare }
}
