//! `external_test_list.txt` names every test that does more with the shared folder or with real peers: what it leaves out
//! would never be run with them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::rust_files::rust_files;

/// What leads to the shared folder and to the peers, as the code writes it: in two parts, so that this file has none.
const VARIABLES: [&str; 3] = [
    concat!("\"PAPERWIRE", "_SHARED\""),
    concat!("\"PAPERWIRE", "_RIGS\""),
    concat!("\"PAPERWIRE", "_SMTP_RIG\""),
];

#[test]
fn no_test_that_needs_the_shared_folder_or_a_peer_is_left_out() {
    let listed = listed_tests();
    let needing = modules_with_needs();
    assert!(needing.len() > 5, "the tests are where this test looks");
    for (binary, module) in &needing {
        let is_listed =
            listed.iter().any(|(of, beginning)| of == binary && is_module_prefix(module, beginning));
        assert!(
            is_listed,
            "{module} reads a variable of the shared folder and is not in external_test_list.txt"
        );
    }
    for (binary, beginning) in &listed {
        let has_one = needing.iter().any(|(of, module)| of == binary && is_module_prefix(module, beginning));
        assert!(has_one, "external_test_list.txt has {beginning}, and nothing there needs it");
    }
    let part_of_a_room =
        listed.iter().find(|(of, beginning)| of == "it" && beginning.matches("::").count() > 1);
    assert_eq!(part_of_a_room, None, "neighbours share what reads the variables: the whole module is listed");
}

fn is_module_prefix(module: &str, beginning: &str) -> bool {
    format!("{module}::").starts_with(beginning)
}

/// The lines of the list: the binary, and the beginning of the tests' names.
fn listed_tests() -> Vec<(String, String)> {
    include_str!("external_test_list.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(binary, beginning)| (binary.to_owned(), beginning.to_owned()))
        .collect()
}

/// The modules that read one of the variables, and those that use one of these by its path.
fn modules_with_needs() -> Vec<(String, String)> {
    let mut rest = modules_below("it", "tests/it");
    rest.append(&mut modules_below("lib", "src"));
    let mut needing = Vec::new();
    let mut signs: Vec<String> = VARIABLES.map(str::to_owned).into();
    loop {
        let (found, others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|(_, text)| signs.iter().any(|sign| text.contains(sign)));
        if found.is_empty() {
            return needing;
        }
        signs.extend(found.iter().map(|((_, module), _)| format!("crate::{module}::")));
        needing.extend(found.into_iter().map(|(name, _)| name));
        rest = others.into_iter().collect();
    }
}

/// Every module below a folder of the repository, as its binary and its path in it, with its text.
fn modules_below(binary: &str, folder: &str) -> BTreeMap<(String, String), String> {
    let module = |file: &Path| {
        let name = file.with_extension("").to_str().unwrap().replace('/', "::");
        (binary.to_owned(), name.strip_suffix("::mod").unwrap_or(&name).to_owned())
    };
    rust_files(folder).into_iter().map(|(file, text)| (module(&file), text)).collect()
}
