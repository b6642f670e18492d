use super::{error_message, load_config};

/// A config with one topic and these lines.
fn config_toml_with(lists: &str) -> String {
    format!("[arxiv]\ncontact = \"you@example.org\"\n[[topic]]\nname = \"A\"\nquery = \"cat:cs.CV\"\n{lists}")
}

#[test]
fn a_repository_is_checked_key_by_key() {
    let body = config_toml_with(
        r#"[[list]]
repository = "https://canary:canary@github.com/owner/list"
file = "README.md"
[[list]]
repository = "http://git.example.org/owner/list"
file = "README.md"
[[list]]
repository = "https://git.example.org/owner/list"
file = "../README.md"
[[list]]
repository = "https://git.example.org/owner/other"
file = ".github/workflows/list.yml"
forge = "gitae"
base = "a..b"
[[list]]
repository = "git@github.com:owner/list.git"
file = "README.md"
token = "canary"
"#,
    );
    let told = error_message(&body);
    assert!(!told.contains("canary"), "{told}");
    insta::assert_snapshot!(told, @r#"
paperwire.toml:7:14: [[list]] "README.md", repository: has a user or a password in it, and this file is no place for it
    repository = …
                 ^
    write the address alone, and token_file or token_env next to it

paperwire.toml:10:14: [[list]] "README.md", repository: would send the token in clear
    repository = "http://git.example.org/owner/list"
                 ^
    write https://; http:// is only for this machine

paperwire.toml:12:1: [[list]] "../README.md", forge: is missing, and git.example.org does not say which
    [[list]]
    ^
    one of "github", "gitea", "gitlab", or "none" for a branch without a pull request

paperwire.toml:14:8: [[list]] "../README.md", file: has a part that no path in a repository has
    file = "../README.md"
           ^
    a file's path from the repository's top, as in "README.md"

paperwire.toml:17:8: [[list]] ".github/workflows/list.yml", file: leads to the workflows that the forge runs
    file = ".github/workflows/list.yml"
           ^
    a file's path from the repository's top, as in "README.md"

paperwire.toml:18:9: [[list]] ".github/workflows/list.yml", forge: `gitae` is not known here
    forge = "gitae"
            ^
    did you mean "gitea"?

paperwire.toml:19:8: [[list]] ".github/workflows/list.yml", base: is no name that git takes for a branch
    base = "a..b"
           ^
    a branch's name, as in "main"

paperwire.toml:23:1: [[list]] "README.md": `token` would put a secret into this file
    token = …
    ^
    put it into a file of its own and write token_file = "…", or into an environment variable and write token_env = "…"
"#);
}

#[test]
fn a_login_in_an_address_is_not_shown_however_it_is_written() {
    for address in [
        "https://bot:canary@git.example.org/owner/list",
        "https://bot:can ary@git.example.org/owner/list",
        "https://bot:canary@git.example.org",
        "https://bot:canary@@/x",
        "htps://bot:canary@git.example.org/owner/list",
        "https:/bot:canary@git.example.org/owner/list",
        "//bot:canary@git.example.org/owner/list",
        "bot:canary@git.example.org:owner/list",
        "bot:canary@git.example.org/owner/list",
        "https://git.example.org/owner/list?token=canary",
        "file://bot:canary@git.example.org/srv/list",
        "ssh://bot:canary@git.example.org/owner/list",
        "https://bot:canary'@git.example.org/owner/list",
        "https://bot:canary://x@git.example.org/owner/list",
        "https://bot:x://canary@git.example.org/owner/list",
        "bot:canary://x@git.example.org/owner/list",
        "bot:x'canary@git.example.org/owner/list",
        "bot:x=canary@git.example.org/owner/list",
        "https://bot:x\tcanary@git.example.org/owner/list",
        "https://bot:canary%40git.example.org/owner/list",
        "https://bot%3Acanary@git.example.org/owner/list",
        "https://bot:'canary'@git.example.org/owner/list",
        "https://bot:x?canary@git.example.org/owner/list",
        "https://x@git.example.org/owner/list https://bot:canary@git.example.org",
        "https://git.example.org/?token=x'canary",
        "https://git.example.org/?token=x@canary",
        "https://git.example.org/?token=x://canary",
        "git.example.org/owner/list?token=canary",
        "https://git.example.org/owner/list#canary",
        "https://git.example.org/owner/list?canary",
        "https://git.example.org#canary",
        "http://git.example.org/owner/list#canary",
        "ssh://git@git.example.org/owner/list#canary",
    ] {
        for (key, more) in [
            ("repository", ""),
            ("forge", "repository = \"https://github.com/owner/list\"\n"),
            ("api", "repository = \"https://github.com/owner/list\"\nforge = \"gitea\"\n"),
            ("project", "repository = \"https://github.com/owner/list\"\nforge = \"gitea\"\n"),
            ("base", "repository = \"https://github.com/owner/list\"\n"),
            ("reviewers", "repository = \"https://github.com/owner/list\"\n"),
        ] {
            for (open, close) in [("\"", "\""), ("\"", ""), ("", "")] {
                let lines = format!("{more}{key} = {open}{address}{close}\n");
                let told =
                    error_message(&config_toml_with(&format!("[[list]]\nfile = \"README.md\"\n{lines}")));
                let is_shown = ["canary", "can ary"].iter().any(|secret| told.contains(secret));
                assert!(!is_shown, "{lines}: {told}");
            }
        }
    }
}

#[test]
fn nothing_of_a_repository_with_more_behind_its_path_is_shown() {
    for address in [
        "git@git.example.org:owner/list#canary",
        "git.example.org/owner/list#canary",
        "git.example.org/owner/list?canary",
        "https://git.example.org:x/owner/list%23canary",
        "https://git.example.org/owner/list#canary",
    ] {
        let told = error_message(&config_toml_with(&format!(
            "[[list]]\nfile = \"README.md\"\nrepository = \"{address}\"\n"
        )));
        assert!(told.contains("    repository = …\n") && !told.contains("canary"), "{address}: {told}");
    }
}

#[test]
fn keys_that_do_nothing_together_are_told() {
    let body = config_toml_with(
        r#"[[list]]
file = "a.md"
branch = "x"
[[list]]
repository = "file:///srv/a.git"
file = "README.md"
direct = true
branch = "x"
labels = ["papers"]
token_env = "TOKEN"
[[list]]
repository = "https://github.com/owner/list"
file = "README.md"
token_env = "TOKEN"
direct = true
base = "x"
branch = "x"
labels = ["a,b"]
reviewers = ["@ada"]
[[list]]
repository = "file:///srv/b.git"
file = "README.md"
forge = "gitea"
token_env = "TOKEN"
app_id = "1"
[[list]]
repository = "https://github.com/owner/app"
file = "README.md"
app_id = "1"
token_env = "TOKEN"
"#,
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:8:1: [[list]] "a.md": `branch` means nothing for a list in a file of this machine
    branch = …
    ^
    it belongs to a list with repository = "https://…"

paperwire.toml:13:10: [[list]] "README.md", branch: means nothing next to direct = true
    branch = …
             ^
    leave it away

paperwire.toml:14:10: [[list]] "README.md", labels: means nothing without a forge
    labels = …
             ^
    leave it away

paperwire.toml:15:13: [[list]] "README.md", token_env: means nothing without a forge and without HTTP
    token_env = …
                ^
    leave it away

paperwire.toml:20:10: [[list]] "README.md", direct: would leave out the pull request that the forge is there for
    direct = true
             ^
    write forge = "none" next to it

paperwire.toml:22:10: [[list]] "README.md", branch: is the base itself
    branch = "x"
             ^
    a branch of its own: it is moved and deleted

paperwire.toml:23:11: [[list]] "README.md", labels: is no label
    labels = ["a,b"]
              ^
    a label's name in at most 50 characters, without a comma

paperwire.toml:24:14: [[list]] "README.md", reviewers: is no user's name
    reviewers = …
                ^
    the name that the forge knows them by, without @, as in "ada"

paperwire.toml:25:1: [[list]] "README.md", api: is missing
    [[list]]
    ^
    the root of the forge's interface, as in api = "https://git.example.org/api/v1"

paperwire.toml:25:1: [[list]] "README.md", project: is missing
    [[list]]
    ^
    as in project = "owner/list"

paperwire.toml:30:10: [[list]] "README.md", app_id: means nothing but for GitHub's Apps
    app_id = …
             ^
    leave it away

paperwire.toml:31:1: [[list]] "README.md", key_file: is missing
    [[list]]
    ^
    a file with the App's private key in it, as in key_file = "/etc/paperwire/app.pem", or a variable, as in key_env = "APP_KEY"

paperwire.toml:35:13: [[list]] "README.md", token_env: means nothing next to an App
    token_env = …
                ^
    leave it away
"#);
}

#[test]
fn a_text_with_an_unknown_place_in_it_is_refused() {
    for (line, told) in [
        ("title = \"{news} papers\"", "title: has {news}, which is no place for anything"),
        ("commit_message = \"{new} {count}\"", "commit_message: has {count}, which is no place for anything"),
        ("commit_message = \" \"", "commit_message: is no message"),
    ] {
        let said = error_message(&config_toml_with(&format!(
            "[[list]]\nrepository = \"https://github.com/owner/list\"\nfile = \"README.md\"\n\
             token_env = \"TOKEN\"\n{line}\n"
        )));
        assert!(said.contains(told), "{line}: {said}");
    }
}

#[test]
fn two_lists_on_one_branch_are_refused() {
    let body = config_toml_with(
        r#"[[list]]
name = "one"
repository = "https://github.com/owner/list"
file = "README.md"
token_env = "TOKEN"
branch = "papers"
[[list]]
name = "two"
repository = "https://github.com/owner/list"
file = "other.md"
token_env = "TOKEN"
branch = "papers"
[[list]]
name = "three"
repository = "https://github.com/owner/list"
file = "README.md"
token_env = "TOKEN"
"#,
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:17:10: [[list]] "two", branch: is the branch of the list "one" already
    branch = "papers"
             ^
    a branch of its own: each list is proposed by itself

paperwire.toml:21:8: [[list]] "three", file: is the file of the list "one" already
    file = "README.md"
           ^
    a file of its own: one list may carry any number of topics
"#);
}

#[test]
fn an_archive_in_a_repository_names_nothing_else_that_is_written_there() {
    let list = |name: &str, repository: &str, more: &str| {
        format!("[[list]]\nname = \"{name}\"\nrepository = \"/srv/{repository}.git\"\n{more}\n")
    };
    let one = list("one", "a", "file = \"docs/README.md\"\narchive = \"{year}.md\"\nfeed = \"1999\"");
    for (more, words) in [
        ("file = \"docs/b.md\"\narchive = \"{year}-{month}.md\"", "an archive file of the list \"one\""),
        ("file = \"b.md\"\narchive = \"docs/{year}.md\"", "an archive file of the list \"one\""),
        ("file = \"b.md\"\narchive = \"{year}\"", "the feed of the list \"one\""),
        ("file = \"2025.md\"\narchive = \"{year}.md\"", "the file of the list \"two\""),
    ] {
        let told = error_message(&config_toml_with(&format!("{one}{}", list("two", "a", more))));
        assert!(told.contains(&format!("archive: can name {words}")), "{more}: {told}");
    }
    for (repository, more) in [
        ("b", "file = \"docs/README.md\"\narchive = \"{year}.md\""),
        ("a", "file = \"README.md\"\narchive = \"{year}.md\""),
    ] {
        load_config(&config_toml_with(&format!("{one}{}", list("two", repository, more)))).unwrap();
    }
    let here = "[[list]]\nfile = \"docs/README.md\"\narchive = \"{year}.md\"\n";
    load_config(&config_toml_with(&format!("{one}{here}"))).unwrap();
}

#[test]
fn an_archive_in_a_repository_is_where_a_list_may_be() {
    for (file, archive, words) in [
        ("README.md", ".github/workflows/{year}.md", "leads to the workflows that the forge runs"),
        (".github/README.md", "Workflows/{year}.md", "leads to the workflows that the forge runs"),
        ("docs/README.md", "x/.GIT/{year}.md", "leads into git's own folder"),
    ] {
        let list = |home: &str| {
            config_toml_with(&format!("[[list]]\n{home}file = \"{file}\"\narchive = \"{archive}\"\n"))
        };
        let told = error_message(&list("repository = \"/srv/a.git\"\n"));
        assert!(told.contains(&format!("archive: {words}\n    archive = \"{archive}\"\n")), "{told}");
        assert!(
            told.ends_with("a file below the list's folder, as in \"archive/{year}-{month}.md\""),
            "{told}"
        );
        load_config(&list("")).unwrap();
    }
}
