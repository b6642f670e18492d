//! What the documents and the comments point to is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use regex::Regex;

use super::{Document, all_documents, code_spans, repository_folder};

/// Folders and files of the repository whose comments may name a document.
const COMMENTED: [&str; 8] = ["src", "tests", "benches", "config", "systemd", ".ci", ".github", "Cargo.toml"];

/// Folders whose files documents name.
const FOLDERS: [&str; 7] = ["src/", "tests/", "docs/", "config/", "systemd/", "benches/", ".ci/"];

/// The documents that name types and functions.
const ABOUT_CODE: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn every_link_between_documents_leads_somewhere() {
    let link = Regex::new(r#"\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)""#).unwrap();
    for document in all_documents() {
        for found in link.captures_iter(&document.prose()) {
            let target = found.get(1).or(found.get(2)).unwrap().as_str();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path =
                if file.is_empty() { document.path.clone() } else { resolve_link(&document.path, file) };
            assert!(repository_folder().join(&path).exists(), "{}: {target} is not there", document.path);
            if !anchor.is_empty() {
                let anchors: Vec<String> =
                    Document::read(&path).headings().iter().map(|title| heading_anchor(title)).collect();
                assert!(
                    anchors.iter().any(|one| one == anchor),
                    "{}: {target} is not in {anchors:?}",
                    document.path
                );
            }
        }
    }
}

#[test]
fn every_file_that_a_document_names_is_there() {
    for document in all_documents() {
        for span in document.code_spans() {
            let is_path =
                FOLDERS.iter().any(|folder| span.starts_with(folder)) && !span.contains(['*', ' ', '<']);
            assert!(
                !is_path || repository_folder().join(&span).exists(),
                "{}: {span} is not there",
                document.path
            );
        }
    }
}

#[test]
fn no_comment_cites_a_document_that_is_not_in_the_repository() {
    let cited = Regex::new(r"\b(?:docs/)?[A-Z][A-Z_-]+\.md\b|\bdocs/[a-z-]+\.md\b").unwrap();
    for path in COMMENTED.iter().flat_map(|name| files_below(&repository_folder().join(name))) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let is_comment =
            |line: &&str| line.trim_start().starts_with("//") || line.trim_start().starts_with('#');
        for line in text.lines().filter(is_comment) {
            for name in cited.find_iter(line).map(|found| found.as_str()) {
                assert!(repository_folder().join(name).exists(), "{}: {name} is not there", path.display());
            }
        }
    }
    for document in all_documents() {
        for name in cited.find_iter(&document.prose()).map(|found| found.as_str()) {
            let is_there = repository_folder().join(name).exists();
            assert!(is_there, "{}: {name} is not there", document.path);
        }
    }
}

#[test]
fn every_type_and_function_that_a_document_names_is_in_the_code() {
    let sources = ["src", "tests"].map(|name| files_below(&repository_folder().join(name)));
    let sources = sources.iter().flatten().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let code: String = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
    let declared = |pattern: &str| -> BTreeSet<String> {
        Regex::new(pattern).unwrap().captures_iter(&code).map(|found| found[1].to_owned()).collect()
    };
    let types = declared(r"\b(?:struct|enum|trait|type) ([A-Z]\w*)");
    let functions = declared(r"\bfn (\w+)");
    let constants = declared(r"\b(?:const|static) ([A-Z_]+):");
    let variables = declared(r#""((?:PAPERWIRE|RIGS)_[A-Z_]+)""#);
    let type_name = Regex::new(r"^[A-Z][a-z]+(?:[A-Z][a-z]+)+$").unwrap();
    let function = Regex::new(r"^(?:(\w+)::)?([a-z]+(?:_[a-z]+)*)$").unwrap();
    let constant = Regex::new(r"^[A-Z]+(?:_[A-Z]+)+$").unwrap();
    let mut names = 0;
    for document in ABOUT_CODE.map(Document::read) {
        for span in document.code_spans() {
            let is_there = if type_name.is_match(&span) {
                types.contains(&span)
            } else if constant.is_match(&span) {
                constants.contains(&span) || variables.contains(&span)
            } else if let Some(found) = function.captures(&span) {
                let room = found.get(1).map_or("", |room| room.as_str());
                let is_type = room.starts_with(char::is_uppercase);
                // One word alone may be anything.
                let is_name = !room.is_empty() || found[2].contains('_');
                !is_name || functions.contains(&found[2]) && (!is_type || types.contains(room))
            } else {
                continue;
            };
            assert!(is_there, "{}: {span} is not in the code", document.path);
            names += 1;
        }
    }
    assert!(names > 50, "the names are where this test looks: {names}");
}

#[test]
fn every_name_is_in_the_file_that_a_document_says() {
    let in_file = Regex::new(r"`([\w:]+)`\s+in\s+`(src/[^`]+)`").unwrap();
    let mut names = Vec::new();
    for document in ABOUT_CODE.map(Document::read) {
        let prose = document.prose();
        names.extend(in_file.captures_iter(&prose).map(|found| (found[1].to_owned(), found[2].to_owned())));
        for row in document.table_rows().iter().filter(|row| row.head == "step") {
            let file = &code_spans(&row.cells[1])[0];
            names.extend(code_spans(&row.cells[2]).into_iter().map(|name| (name, file.clone())));
        }
    }
    assert!(names.len() > 30, "the names are where this test looks: {names:?}");
    let declaration = Regex::new(r"\b(?:fn|const|struct|enum|trait|type) (\w+)").unwrap();
    for (name, file) in names {
        let last = name.rsplit("::").next().unwrap();
        let declares = |code: &str| declaration.captures_iter(code).any(|found| &found[1] == last);
        let sources = files_below(&repository_folder().join(&file))
            .into_iter()
            .map(|path| fs::read_to_string(path).unwrap());
        assert!(sources.into_iter().any(|code| declares(&code)), "{name} is not in {file}");
    }
}

#[test]
fn every_test_that_a_document_runs_by_its_whole_name_is_there() {
    let exact = Regex::new(r"cargo test --test it -- --exact (\w+)::(\w+)").unwrap();
    let contributing = fs::read_to_string(repository_folder().join("CONTRIBUTING.md")).unwrap();
    let named: Vec<_> = exact.captures_iter(&contributing).collect();
    assert!(!named.is_empty(), "the test that is named is where this test looks");
    for found in named {
        let file = repository_folder().join(format!("tests/it/{}.rs", &found[1]));
        let code = fs::read_to_string(file).unwrap_or_default();
        assert!(code.contains(&format!("fn {}()", &found[2])), "CONTRIBUTING.md: no test {}", &found[0]);
    }
}

/// A path as a link of a document means it, from the repository's top.
fn resolve_link(document: &str, target: &str) -> String {
    let folder = Path::new(document).parent().unwrap();
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{document}: {target} leads out of the repository"),
            part => path.push(part),
        }
    }
    path.display().to_string()
}

/// What a forge calls a heading in an address: small letters, digits and hyphens.
fn heading_anchor(title: &str) -> String {
    let signs = title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .collect::<String>();
    signs.replace(' ', "-")
}

/// All files below a folder, or the one file.
fn files_below(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return path.exists().then(|| path.to_owned()).into_iter().collect();
    }
    fs::read_dir(path).unwrap().flat_map(|entry| files_below(&entry.unwrap().path())).collect()
}
