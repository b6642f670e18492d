use std::path::Path;

use super::{REST, load_config};
use crate::config::{
    ConfigExplanation, CredentialConfig, ExplanationContext, ForgeConfig, ListFileReadiness, PublishConfig,
    SecretLocation,
};
use crate::domain::{ForgeVendor, ProposalTextTemplate};

fn config_with_list(list: &str) -> super::Config {
    load_config(&format!("{REST}[[list]]\nfile = \"README.md\"\n{list}")).unwrap()
}

#[test]
fn a_known_host_tells_all_but_the_token() {
    let config = config_with_list("repository = \"https://github.com/owner/list\"\ntoken_env = \"TOKEN\"");
    let list = &config.lists[0];
    assert_eq!((list.name.as_str(), list.display_name.as_str()), ("owner/list", "owner/list: README.md"));
    assert_eq!(list.file, Path::new("README.md"));
    let repository = list.repository.as_ref().unwrap();
    let token = SecretLocation::Variable("TOKEN".into());
    assert_eq!(repository.credential, CredentialConfig::Token { user: "x-access-token".into(), token });
    assert_eq!(repository.base, None);
    let forge = ForgeConfig {
        kind: ForgeVendor::GitHub,
        api: "https://api.github.com".parse().unwrap(),
        project: "owner/list".into(),
        labels: Vec::new(),
        reviewers: Vec::new(),
        title: ProposalTextTemplate::parse("Update the list of papers").unwrap(),
        draft: false,
    };
    assert_eq!(
        repository.publish,
        PublishConfig::PullRequest("paperwire/owner-list".parse().unwrap(), forge)
    );
}

#[test]
fn each_forge_has_its_interface_on_the_repositorys_host() {
    for (repository, forge, api, project) in [
        (
            "https://git.example.org:8443/a/list.git",
            "github",
            "https://git.example.org:8443/api/v3",
            "a/list",
        ),
        ("ssh://git@git.example.org:2222/a/list", "gitea", "https://git.example.org/api/v1", "a/list"),
        ("https://gitlab.com/a/b/list", "gitlab", "https://gitlab.com/api/v4", "a/b/list"),
        ("git@codeberg.org:a/list.git", "gitea", "https://codeberg.org/api/v1", "a/list"),
        ("http://127.0.0.1:4811/a/list", "github", "http://127.0.0.1:4811/api/v3", "a/list"),
    ] {
        let config = config_with_list(&format!(
            "repository = \"{repository}\"\nforge = \"{forge}\"\ntoken_env = \"TOKEN\""
        ));
        let PublishConfig::PullRequest(_, forge) = &config.lists[0].repository.as_ref().unwrap().publish
        else {
            unreachable!("{repository}")
        };
        assert_eq!((forge.api.as_str(), forge.project.as_str()), (api, project));
    }
}

#[test]
fn without_a_forge_the_branch_is_pushed_or_the_base_written() {
    let folder = |more: &str| {
        let config = config_with_list(&format!("name = \"My List\"\nrepository = \"/srv/list.git\"\n{more}"));
        config.lists[0].repository.clone().unwrap()
    };
    assert_eq!(folder("").publish, PublishConfig::Branch("paperwire/my-list".parse().unwrap()));
    assert_eq!(folder("").credential, CredentialConfig::Ambient);
    assert_eq!(folder("direct = true").publish, PublishConfig::Direct);
    assert_eq!(folder("direct = true").branch_pushed_to(), None);
}

#[test]
fn a_list_in_a_repository_is_explained_with_its_route_and_its_secret() {
    let config = config_with_list(
        "repository = \"https://github.com/owner/list\"\ntoken_file = \"/nowhere/token\"\nbase = \"main\"\n\
         labels = [\"papers\"]\nreviewers = [\"ada\"]\ndraft = true",
    );
    let lists = [ListFileReadiness::Remote { git: "2.47".into() }];
    let standing = ExplanationContext { user_agent: "paperwire", state_exists: true, lists: &lists };
    let explanation =
        ConfigExplanation::explain_config(&config, "2025-03-26T09:30:00Z".parse().unwrap(), standing);
    assert!(explanation.lacks_a_secret());
    let told = explanation.to_string();
    let list = told.split("\n\n").find(|part| part.starts_with("list ")).unwrap();
    insta::assert_snapshot!(list, @"
list        owner/list
  file      README.md (kept by git 2.47)
  in        https://github.com/owner/list
  proposes  by a pull request from paperwire/owner-list into main
  forge     github at https://api.github.com/, owner/list
  title     Update the list of papers, as a draft
  labels    papers
  asks      ada
  token     in the file /nowhere/token (cannot be read: there is no such file)
  table     Image Classification
  rows      200 in each table
  code on   github.com
");
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["lists"][0]["repository"]["forge"]["project"], "owner/list");
    assert_eq!(json["lists"][0]["standing"]["remote"]["git"], "2.47");
}
