//! What no two lists may have, and no list may share with anything else that is written.

use std::path::{Path, PathBuf};

use super::list::{Around, List};
use super::mistake::{Mistakes, Wrong};
use super::path;
use super::section::{Section, printable};
use crate::domain::{ArchivePaths, Beside};

/// What no other list may have: a file's place on this machine, or a file in a repository.
pub(super) fn identity(list: &List, file: &Path) -> PathBuf {
    match &list.repository {
        None => path::identity(file),
        Some(repository) => PathBuf::from(format!("{} /{}", repository.remote, file.display())),
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
    let mut taken = taken(lists, around);
    for (section, (list, _)) in sections.iter().zip(lists) {
        for (form, file) in &list.beside {
            let (key, file) = (form.word(), identity(list, file));
            if let Some((what, _)) = taken.iter().find(|(_, taken)| *taken == file) {
                let wrong = Wrong::new(format!("is {what}"), "a file of its own");
                mistakes.add(section.place(key), &section.whose(key), wrong);
            }
            taken.push((beside_of(list, *form), file));
        }
    }
}

/// An archive file is written by its list alone, so it must be nothing else that is written.
pub(super) fn refuse_twins_in_archives(
    sections: &[&Section],
    lists: &[(List, PathBuf)],
    around: &Around,
    mistakes: &mut Mistakes,
) {
    let mut taken = taken(lists, around);
    for (list, _) in lists {
        let beside = list.beside.iter();
        taken.extend(beside.map(|(form, file)| (beside_of(list, *form), identity(list, file))));
    }
    let mut earlier: Vec<(&List, ArchivePaths)> = Vec::new();
    for (section, (list, _)) in sections.iter().zip(lists) {
        let Some(paths) = archive_paths(list) else { continue };
        let named = taken.iter().find(|(_, file)| paths.has(&file.to_string_lossy()));
        let met = earlier.iter().find(|(_, other)| other.meets(&paths));
        let what = named.map(|(what, _)| what.clone()).or_else(|| {
            met.map(|(twin, _)| format!("an archive file of the list \"{}\"", printable(&twin.name)))
        });
        if let Some(what) = what {
            let right = "files of its own: another folder, or another word beside {year}";
            let wrong = Wrong::new(format!("can name {what}"), right);
            mistakes.add(section.place("archive"), &section.whose("archive"), wrong);
        }
        earlier.push((list, paths));
    }
}

/// The identities of all files that a list's archive can have.
fn archive_paths(list: &List) -> Option<ArchivePaths> {
    let file = list.file.with_file_name(list.archive.as_ref()?.as_str());
    Some(ArchivePaths::of(&identity(list, &file).to_string_lossy()))
}

/// The identities of the lists' own files and of those that no list may have, each with what it is.
fn taken(lists: &[(List, PathBuf)], around: &Around) -> Vec<(String, PathBuf)> {
    let taken = around.taken.iter().map(|(what, file)| ((*what).to_owned(), file.clone()));
    let listed = lists
        .iter()
        .map(|(list, file)| (format!("the file of the list \"{}\"", printable(&list.name)), file.clone()));
    taken.chain(listed).collect()
}

fn beside_of(list: &List, form: Beside) -> String {
    format!("the {} of the list \"{}\"", form.word(), printable(&list.name))
}

/// Two lists on one branch would overwrite each other.
fn shares_branch(one: &List, other: &List) -> bool {
    let (Some(one), Some(other)) = (&one.repository, &other.repository) else { return false };
    let is_shared = one.branch().is_some_and(|branch| other.branch() == Some(branch));
    is_shared && one.remote == other.remote
}
