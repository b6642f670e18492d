//! One page of results while it is read: which element means what, by where it stands.

use std::borrow::Cow;

use jiff::Timestamp;

use super::draft::Draft;
use super::element::{Attributes, Space};
use super::opening::broken;
use super::text::{one_line, paragraphs};
use crate::domain::{Answer, Author, Category, Entry, Fault, Link};

/// arXiv's own largest slice: <https://info.arxiv.org/help/api/user-manual.html>, 3.1.1.2.
const ENTRIES_MAX: usize = 2000;

/// The text of one element. arXiv cuts abstracts at 1,920 characters; 3,000 authors are 3,000 elements.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// What all entries together come to in memory: 2,000 papers have some 5 MiB of it, as have 200 papers with 400 authors
/// each. It is held next to the body that it is read from.
const PAGE_BYTES_MAX: usize = 8 << 20;

/// The categories and links of all entries together, which take even more memory: 25 for each of arXiv's largest
/// page, where an entry has some six.
const LINKS_MAX: usize = 50_000;

/// What has been read of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    stamp: Option<Timestamp>,
    total: Option<u64>,
    start: Option<u64>,
    entries: Vec<Entry>,
    /// How many bytes the entries come to so far.
    bytes: usize,
    /// How many categories and links they have.
    links: usize,
    /// The entry that is open.
    draft: Option<Draft>,
    /// The author of it that is open.
    author: Option<Author>,
    /// The element whose text is being gathered, and its depth.
    field: Option<(Field, usize)>,
    /// That text so far; one buffer for all of them.
    text: String,
}

/// The elements that are read for their text.
#[derive(Debug, Clone, Copy)]
enum Field {
    Stamp,
    Total,
    Start,
    Id,
    Title,
    Summary,
    Updated,
    Published,
    Comment,
    JournalRef,
    Doi,
    Name,
    Affiliation,
}

impl Page {
    /// An element begins; `depth` elements are open around it.
    pub(super) fn open(
        &mut self,
        depth: usize,
        space: Space,
        name: &str,
        attributes: Attributes<'_>,
    ) -> Result<(), Fault> {
        self.count(depth, space, name, &attributes)?;
        let field = match (depth, &mut self.draft, &self.author) {
            (1, _, _) if space == Space::Atom && name == "entry" => return self.open_entry(),
            (1, _, _) => feed_field(space, name),
            (2, Some(_), _) if space == Space::Atom && name == "author" => {
                self.author = Some(Author { name: String::new(), affiliations: Vec::new() });
                None
            }
            (2, Some(draft), _) => {
                take_attributes(draft, space, name, attributes);
                entry_field(space, name)
            }
            (3, _, Some(_)) => author_field(space, name),
            _ => None,
        };
        if let Some(field) = field {
            self.field = Some((field, depth));
            self.text.clear();
        }
        Ok(())
    }

    /// An element ends; `depth` elements are open around it.
    pub(super) fn close(&mut self, depth: usize) -> Result<(), Fault> {
        if let Some((field, _)) = self.field.take_if(|(_, at)| *at == depth) {
            return self.take(field);
        }
        match depth {
            1 => {
                if let Some(draft) = self.draft.take() {
                    self.entries.push(draft.finish()?);
                }
            }
            2 => {
                let author = self.author.take().filter(|author| !author.name.is_empty());
                if let (Some(draft), Some(author)) = (&mut self.draft, author) {
                    draft.authors.push(author);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Text, wherever it stands.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Fault> {
        if self.field.is_none() {
            return Ok(());
        }
        if self.text.len() + text.len() > TEXT_BYTES_MAX {
            return Err(broken(format!("the text of an element is longer than {TEXT_BYTES_MAX} bytes")));
        }
        self.text.push_str(text);
        self.hold(text.len())
    }

    /// All that was read, once the feed is at its end.
    pub(super) fn finish(self) -> Result<Answer, Fault> {
        let start = self.start.unwrap_or(0);
        let total = self.total.or_else(|| self.counted(start)).ok_or_else(|| {
            broken("the feed has no entry and does not say how many there are (totalResults)".to_owned())
        })?;
        Ok(Answer {
            stamp: self.stamp,
            total,
            total_is_told: self.total.is_some(),
            start,
            entries: self.entries,
        })
    }

    /// Some mirrors and archives of arXiv's answers leave the total out. What is on the page is then all
    /// that is known of; on an empty page that would be a guess.
    fn counted(&self, start: u64) -> Option<u64> {
        let count = u64::try_from(self.entries.len()).ok().filter(|count| *count > 0)?;
        start.checked_add(count)
    }

    /// Counts what an entry has many of. Each is small in the XML and larger in memory.
    fn count(
        &mut self,
        depth: usize,
        space: Space,
        name: &str,
        attributes: &Attributes<'_>,
    ) -> Result<(), Fault> {
        match (depth, space, name) {
            (2, Space::Atom, "author") | (3, Space::Arxiv, "affiliation") => self.hold(size_of::<Author>()),
            (2, Space::Atom, "category" | "link") => {
                self.links += 1;
                if self.links > LINKS_MAX {
                    return Err(broken(format!("the feed has more than {LINKS_MAX} categories and links")));
                }
                self.hold(size_of::<Link>() + attributes.bytes())
            }
            (2, Space::Arxiv, "primary_category") => self.hold(attributes.bytes()),
            _ => Ok(()),
        }
    }

    /// Takes so many bytes more into memory.
    fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes += bytes;
        if self.bytes > PAGE_BYTES_MAX {
            return Err(broken(format!(
                "the feed's entries have more than {PAGE_BYTES_MAX} bytes in all; a smaller `page` asks for fewer"
            )));
        }
        Ok(())
    }

    fn open_entry(&mut self) -> Result<(), Fault> {
        if self.entries.len() == ENTRIES_MAX {
            return Err(broken(format!("the feed has more than {ENTRIES_MAX} entries")));
        }
        self.draft = Some(Draft::default());
        Ok(())
    }

    /// The text of a field is complete.
    fn take(&mut self, field: Field) -> Result<(), Fault> {
        let text = self.text.as_str();
        match (field, &mut self.draft, &mut self.author) {
            (Field::Stamp, _, _) => keep_first(&mut self.stamp, time(text)),
            (Field::Total, _, _) => keep_first(&mut self.total, Some(count("totalResults", text)?)),
            (Field::Start, _, _) => keep_first(&mut self.start, Some(count("startIndex", text)?)),
            (Field::Name, _, Some(author)) if author.name.is_empty() => author.name = one_line(text),
            (Field::Affiliation, _, Some(author)) => author.affiliations.extend(line(text)),
            (field, Some(draft), _) => take_text(draft, field, text),
            (_, None, _) => {}
        }
        Ok(())
    }
}

fn feed_field(space: Space, name: &str) -> Option<Field> {
    match (space, name) {
        (Space::Atom, "updated") => Some(Field::Stamp),
        (Space::OpenSearch, "totalResults") => Some(Field::Total),
        (Space::OpenSearch, "startIndex") => Some(Field::Start),
        _ => None,
    }
}

fn entry_field(space: Space, name: &str) -> Option<Field> {
    match (space, name) {
        (Space::Atom, "id") => Some(Field::Id),
        (Space::Atom, "title") => Some(Field::Title),
        (Space::Atom, "summary") => Some(Field::Summary),
        (Space::Atom, "updated") => Some(Field::Updated),
        (Space::Atom, "published") => Some(Field::Published),
        (Space::Arxiv, "comment") => Some(Field::Comment),
        (Space::Arxiv, "journal_ref") => Some(Field::JournalRef),
        (Space::Arxiv, "doi") => Some(Field::Doi),
        _ => None,
    }
}

fn author_field(space: Space, name: &str) -> Option<Field> {
    match (space, name) {
        (Space::Atom, "name") => Some(Field::Name),
        (Space::Arxiv, "affiliation") => Some(Field::Affiliation),
        _ => None,
    }
}

fn take_attributes(draft: &mut Draft, space: Space, name: &str, attributes: Attributes<'_>) {
    match (space, name) {
        (Space::Atom, "category") => draft.categories.extend(category(attributes)),
        (Space::Arxiv, "primary_category") => keep_first(&mut draft.primary, category(attributes)),
        (Space::Atom, "link") => draft.links.extend(link(attributes)),
        _ => {}
    }
}

fn take_text(draft: &mut Draft, field: Field, text: &str) {
    match field {
        Field::Id => keep_first(&mut draft.id, line(text)),
        Field::Title => keep_first(&mut draft.title, line(text)),
        Field::Summary => {
            keep_first(&mut draft.summary, Some(paragraphs(text)).filter(|text| !text.0.is_empty()));
        }
        Field::Updated => keep_first(&mut draft.updated, time(text)),
        Field::Published => keep_first(&mut draft.published, time(text)),
        Field::Comment => keep_first(&mut draft.comment, line(text)),
        Field::JournalRef => keep_first(&mut draft.journal_ref, line(text)),
        Field::Doi => keep_first(&mut draft.doi, line(text)),
        Field::Stamp | Field::Total | Field::Start | Field::Name | Field::Affiliation => {}
    }
}

fn category(attributes: Attributes<'_>) -> Option<Category> {
    attributes.term.and_then(|term| line(&term)).map(Category)
}

fn link(attributes: Attributes<'_>) -> Option<Link> {
    Some(Link {
        href: attributes.href.and_then(|href| line(&href))?,
        rel: attributes.rel.map(Cow::into_owned),
        media_type: attributes.media_type.map(Cow::into_owned),
        title: attributes.title.map(Cow::into_owned),
    })
}

/// One line, or nothing where it would be empty.
fn line(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|line| !line.is_empty())
}

/// RFC 3339, also with an offset such as -04:00, as arXiv's stamps had before November 2025.
fn time(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

fn count(element: &str, text: &str) -> Result<u64, Fault> {
    text.trim().parse().map_err(|_| broken(format!("the feed's {element} is not a number")))
}

fn keep_first<T>(place: &mut Option<T>, found: Option<T>) {
    if place.is_none() {
        *place = found;
    }
}
