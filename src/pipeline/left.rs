//! How a list was left: while nothing that it is made of changes and its files stand as they were left, there is nothing
//! to do about it.

use anyhow::Result;

use super::curate::Curation;
use super::project::List;
use crate::domain::Print;
use crate::list;
use crate::render::FORM;
use crate::store::{Left, Store, TopicRecord};

/// The print of all that a list is made of: the history, what was taken out of the list, its configuration, and the
/// form of tables. Another one may stand for the same; then the list is only worked out once more.
pub(super) fn made_of(store: &Store, list: &List<'_>, topics: &[TopicRecord]) -> Result<Print> {
    let contacts: Vec<_> = topics.iter().map(|topic| topic.contact).collect();
    let (revision, dismissed) = (store.revision()?, store.dismissed(list.name)?);
    Ok(Print::of(format!("{FORM} {revision} {contacts:?} {dismissed:?} {list:?}")))
}

/// How the list was left, where it is still so.
pub(super) fn still(store: &Store, list: &List<'_>, made_of: Print) -> Result<Option<Left>> {
    let left = store.left(list.name)?.filter(|left| left.made_of == made_of);
    Ok(left.filter(|left| stands(list, left)))
}

/// How a list is left that was just written.
pub(super) fn of(curation: &Curation, made_of: Print) -> Left {
    let prints = curation.wanted.iter().map(|(file, text)| (file.clone(), Print::of(text.as_bytes())));
    let (rows, notes) = (curation.rows, curation.notes.clone());
    Left { made_of, rows, notes, prints: prints.collect() }
}

fn stands(list: &List<'_>, left: &Left) -> bool {
    let mut text = Vec::new();
    left.prints.iter().all(|(file, print)| {
        let is_there = list::read_into(&list.path(file), &mut text).unwrap_or(false);
        is_there && Print::of(&text) == *print
    })
}
