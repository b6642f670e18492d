//! Two outputs in one place: what no two lists may have, and no list may share with anything else that is written.

use std::path::{Path, PathBuf};

use super::resolved_list_config::ListConfig;
use crate::config_table::config_file_paths;
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::toml_table::ConfigTable;
use crate::domain::{ArchivePathSet, ExportFormat};

/// What no other list may have: a file's place on this machine, or a file in a repository.
pub(super) fn file_identity(list: &ListConfig, file: &Path) -> PathBuf {
    match &list.repository {
        None => config_file_paths::canonical_file_path(file),
        Some(repository) => PathBuf::from(format!("{} /{}", repository.remote, file.display())),
    }
}

/// Two lists in one file would overwrite each other, and a list in the state file would end it.
pub(super) fn report_list_conflicts(
    section: &ConfigTable,
    (list, file): &(ListConfig, PathBuf),
    earlier: &[(ListConfig, PathBuf)],
    reserved: &[(&str, PathBuf)],
    mistakes: &mut Diagnostics,
) {
    let right = "a file of its own: one list may carry any number of topics";
    let mut refuse = |key: &str, words: String, right: &str| {
        section.report_invalid(key, InvalidValue::new(words, right), mistakes);
    };
    if let Some((what, _)) = reserved.iter().find(|(_, taken)| taken == file) {
        refuse("file", format!("is {what}"), right);
    } else if let Some((twin, _)) = earlier.iter().find(|(_, other)| other == file) {
        refuse(
            "file",
            format!("is the file of the list \"{}\" already", redacted_excerpt(&twin.name)),
            right,
        );
    } else if earlier.iter().any(|(other, _)| other.name == list.name) {
        let otherwise = if section.has_config_key("repository") { "repository" } else { "file" };
        let key = if section.has_config_key("name") { "name" } else { otherwise };
        let words = format!("another list is named \"{}\" already", redacted_excerpt(&list.name));
        refuse(key, words, "a name of its own: it is the list's identity");
    } else if let Some((twin, _)) = earlier.iter().find(|(other, _)| shares_branch(other, list)) {
        let words = format!("is the branch of the list \"{}\" already", redacted_excerpt(&twin.name));
        refuse("branch", words, "a branch of its own: each list is proposed by itself");
    }
}

/// An export is written whole, so its file must be no other file that is written.
pub(super) fn check_export_path_clashes(
    sections: &[&ConfigTable],
    lists: &[(ListConfig, PathBuf)],
    reserved: &[(&str, PathBuf)],
    mistakes: &mut Diagnostics,
) {
    let mut taken = reserved_files(lists, reserved);
    for (section, (list, _)) in sections.iter().zip(lists) {
        for (form, file) in &list.exports {
            let (key, file) = (form.name(), file_identity(list, file));
            if let Some((what, _)) = taken.iter().find(|(_, taken)| *taken == file) {
                let wrong = InvalidValue::new(format!("is {what}"), "a file of its own");
                section.report_invalid(key, wrong, mistakes);
            }
            taken.push((list_export_phrase(list, *form), file));
        }
    }
}

/// An archive file is written by its list alone, so it must be nothing else that is written.
pub(super) fn check_archive_path_clashes(
    sections: &[&ConfigTable],
    lists: &[(ListConfig, PathBuf)],
    reserved: &[(&str, PathBuf)],
    mistakes: &mut Diagnostics,
) {
    let mut taken = reserved_files(lists, reserved);
    for (list, _) in lists {
        let exports = list.exports.iter();
        taken
            .extend(exports.map(|(form, file)| (list_export_phrase(list, *form), file_identity(list, file))));
    }
    let mut earlier: Vec<(&ListConfig, ArchivePathSet)> = Vec::new();
    for (section, (list, _)) in sections.iter().zip(lists) {
        let Some(paths) = archive_paths(list) else { continue };
        let named = taken.iter().find(|(_, file)| paths.contains(&file.to_string_lossy()));
        let met = earlier.iter().find(|(_, other)| other.overlaps(&paths));
        let what = named.map(|(what, _)| what.clone()).or_else(|| {
            met.map(|(twin, _)| format!("an archive file of the list \"{}\"", redacted_excerpt(&twin.name)))
        });
        if let Some(what) = what {
            let right = "files of its own: another folder, or another word next to {year}";
            let wrong = InvalidValue::new(format!("can name {what}"), right);
            section.report_invalid("archive", wrong, mistakes);
        }
        earlier.push((list, paths));
    }
}

/// The identities of all files that a list's archive can have.
fn archive_paths(list: &ListConfig) -> Option<ArchivePathSet> {
    let file = list.file.with_file_name(list.archive.as_ref()?.as_str());
    Some(ArchivePathSet::from_pattern(&file_identity(list, &file).to_string_lossy()))
}

/// The identities of the lists' own files and of those that no list may have, each with what it is.
fn reserved_files(lists: &[(ListConfig, PathBuf)], reserved: &[(&str, PathBuf)]) -> Vec<(String, PathBuf)> {
    let taken = reserved.iter().map(|(what, file)| ((*what).to_owned(), file.clone()));
    let listed = lists.iter().map(|(list, file)| {
        (format!("the file of the list \"{}\"", redacted_excerpt(&list.name)), file.clone())
    });
    taken.chain(listed).collect()
}

fn list_export_phrase(list: &ListConfig, form: ExportFormat) -> String {
    format!("the {} of the list \"{}\"", form.name(), redacted_excerpt(&list.name))
}

/// Two lists on one branch would overwrite each other.
fn shares_branch(one: &ListConfig, other: &ListConfig) -> bool {
    let (Some(one), Some(other)) = (&one.repository, &other.repository) else { return false };
    let is_shared = one.branch_pushed_to().is_some_and(|branch| other.branch_pushed_to() == Some(branch));
    is_shared && one.remote == other.remote
}
