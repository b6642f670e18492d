//! What no two lists may have, and no list may share with anything else that is written.

use std::path::{Path, PathBuf};

use super::list::{Around, List};
use super::mistake::{Mistakes, Wrong};
use super::path;
use super::section::{Section, printable};

/// What no other list may have: a file's place on this machine, or a file in a repository.
pub(super) fn identity(list: &List, file: &Path) -> PathBuf {
    match &list.repository {
        None => path::identity(file),
        Some(repository) => PathBuf::from(format!("{} {}", repository.remote, file.display())),
    }
}

/// Two lists in one file would overwrite each other, and a list in the state file would end it.
pub(super) fn refuse_twins(
    section: &Section,
    (list, file): &(List, PathBuf),
    earlier: &[(List, PathBuf)],
    around: &Around,
    mistakes: &mut Mistakes,
) {
    let right = "a file of its own: one list may carry any number of topics";
    let mut refuse = |key: &str, words: String, right: &str| {
        mistakes.add(section.place(key), &section.whose(key), Wrong::new(words, right));
    };
    if let Some((what, _)) = around.taken.iter().find(|(_, taken)| taken == file) {
        refuse("file", format!("is {what}"), right);
    } else if let Some((twin, _)) = earlier.iter().find(|(_, other)| other == file) {
        refuse("file", format!("is the file of the list \"{}\" already", printable(&twin.name)), right);
    } else if earlier.iter().any(|(other, _)| other.name == list.name) {
        let otherwise = if section.has("repository") { "repository" } else { "file" };
        let key = if section.has("name") { "name" } else { otherwise };
        let words = format!("another list is named \"{}\" already", printable(&list.name));
        refuse(key, words, "a name of its own: it is the list's identity");
    } else if let Some((twin, _)) = earlier.iter().find(|(other, _)| shares_branch(other, list)) {
        let words = format!("is the branch of the list \"{}\" already", printable(&twin.name));
        refuse("branch", words, "a branch of its own: each list is proposed by itself");
    }
}

/// A file beside a list is written whole, so it must be nothing else that is written.
pub(super) fn refuse_twins_beside(
    sections: &[&Section],
    lists: &[(List, PathBuf)],
    around: &Around,
    mistakes: &mut Mistakes,
) {
    let taken = around.taken.iter().map(|(what, file)| ((*what).to_owned(), file.clone()));
    let listed = lists
        .iter()
        .map(|(list, file)| (format!("the file of the list \"{}\"", printable(&list.name)), file.clone()));
    let mut taken: Vec<(String, PathBuf)> = taken.chain(listed).collect();
    for (section, (list, _)) in sections.iter().zip(lists) {
        for (form, file) in &list.beside {
            let (key, file) = (form.word(), identity(list, file));
            if let Some((what, _)) = taken.iter().find(|(_, taken)| *taken == file) {
                let wrong = Wrong::new(format!("is {what}"), "a file of its own");
                mistakes.add(section.place(key), &section.whose(key), wrong);
            }
            taken.push((format!("the {key} of the list \"{}\"", printable(&list.name)), file));
        }
    }
}

/// Two lists on one branch would overwrite each other.
fn shares_branch(one: &List, other: &List) -> bool {
    let (Some(one), Some(other)) = (&one.repository, &other.repository) else { return false };
    let is_shared = one.branch().is_some_and(|branch| other.branch() == Some(branch));
    is_shared && one.remote == other.remote
}
