//! What `check` says of a list in a repository, through the real program.

use crate::support::test_env::TestEnv;

/// A list in a repository next to the one in a file, with a token that is in this file.
const LIST: &str = "[[list]]\nrepository = \"https://github.com/owner/list\"\nfile = \"README.md\"\n\
                    token_file = \"token\"\n";

#[test]
fn check_says_which_git_is_there_and_whether_the_token_can_be_read() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:1/").with_config_lines(LIST);
    let told = || {
        let run = env.run_program(&["check"]);
        (run.status.code(), String::from_utf8(run.stdout).unwrap())
    };
    let (status, missing) = told();
    assert_eq!(status, Some(1), "{missing}");
    assert!(missing.contains("in the file token (cannot be read: there is no such file)"), "{missing}");
    std::fs::write(env.path("token"), "tok-canary\n").unwrap();
    let (status, there) = told();
    assert_eq!(status, Some(0), "{there}");
    assert!(there.contains("README.md (kept by git 2."), "{there}");
    assert!(there.contains("by a pull request from paperwire/owner-list into the default branch"), "{there}");
    assert!(!there.contains("canary"), "{there}");
}
