//! One page of results while it is read: which element means what, by its place.

use std::borrow::Cow;

use jiff::Timestamp;

use super::body_detection::broken_xml_error;
use super::clean_text::{one_line, split_paragraphs};
use super::entry_builder::EntryBuilder;
use super::xml_namespaces_and_attributes::{ArxivElementAttributes, ArxivXmlNamespace};
use crate::domain::{Author, Category, FetchError, Link, ResultEntry, ResultPage};

/// arXiv's own largest slice: <https://info.arxiv.org/help/api/user-manual.html>, 3.1.1.2.
pub(super) const ENTRIES_MAX: usize = 2000;

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
pub(super) struct ArxivResultPageBuilder {
    stamp: Option<Timestamp>,
    total: Option<u64>,
    start: Option<u64>,
    entries: Vec<ResultEntry>,
    /// How many bytes the entries come to so far.
    bytes: usize,
    /// How many categories and links they have.
    links: usize,
    /// The entry that is open.
    entry: Option<EntryBuilder>,
    /// The author of it that is open.
    author: Option<Author>,
    /// The element whose text is being gathered, and its depth.
    text_element: Option<(ArxivTextElement, usize)>,
    /// The text of the current element so far; one buffer for all of them.
    text: String,
}

/// The elements that are read for their text.
#[derive(Debug, Clone, Copy)]
enum ArxivTextElement {
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

impl ArxivResultPageBuilder {
    /// An element begins; `depth` elements are open around it.
    pub(super) fn open_element(
        &mut self,
        depth: usize,
        space: ArxivXmlNamespace,
        name: &str,
        attributes: ArxivElementAttributes<'_>,
    ) -> Result<(), FetchError> {
        self.count_element(depth, space, name, &attributes)?;
        let field = match (depth, &mut self.entry, &self.author) {
            (1, _, _) if space == ArxivXmlNamespace::Atom && name == "entry" => {
                return self.begin_result_entry();
            }
            (1, _, _) => classify_feed_element(space, name),
            (2, Some(_), _) if space == ArxivXmlNamespace::Atom && name == "author" => {
                self.author = Some(Author { name: String::new(), affiliations: Vec::new() });
                None
            }
            (2, Some(draft), _) => {
                set_entry_attributes(draft, space, name, attributes);
                classify_entry_element(space, name)
            }
            (3, _, Some(_)) => text_element_in_author(space, name),
            _ => None,
        };
        if let Some(field) = field {
            self.text_element = Some((field, depth));
            self.text.clear();
        }
        Ok(())
    }

    /// An element ends; `depth` elements are open around it.
    pub(super) fn close_element(&mut self, depth: usize) -> Result<(), FetchError> {
        if let Some((field, _)) = self.text_element.take_if(|(_, at)| *at == depth) {
            return self.keep_text_of_ended_element(field);
        }
        match depth {
            1 => {
                if let Some(draft) = self.entry.take() {
                    self.entries.push(draft.finish()?);
                }
            }
            2 => {
                let author = self.author.take().filter(|author| !author.name.is_empty());
                if let (Some(draft), Some(author)) = (&mut self.entry, author) {
                    draft.authors.push(author);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes text, wherever it is.
    pub(super) fn add_text(&mut self, text: &str) -> Result<(), FetchError> {
        if self.text_element.is_none() {
            return Ok(());
        }
        if self.text.len() + text.len() > TEXT_BYTES_MAX {
            return Err(broken_xml_error(format!(
                "the text of an element is longer than {TEXT_BYTES_MAX} bytes"
            )));
        }
        self.text.push_str(text);
        self.add_bytes_within_page_limit(text.len())
    }

    /// All that was read, once the feed is at its end.
    pub(super) fn finish(self) -> Result<ResultPage, FetchError> {
        let start = self.start.unwrap_or(0);
        let total = self.total.or_else(|| self.total_from_entries(start)).ok_or_else(|| {
            broken_xml_error(
                "the feed has no entry and does not say how many there are (totalResults)".to_owned(),
            )
        })?;
        Ok(ResultPage {
            stamp: self.stamp,
            total,
            is_total_stated: self.total.is_some(),
            start,
            entries: self.entries,
            notes: Vec::new(),
        })
    }

    /// Some mirrors and archives of arXiv's answers leave the total out. What is on the page is then all
    /// that is known of; on an empty page that would be a guess.
    fn total_from_entries(&self, start: u64) -> Option<u64> {
        let count = u64::try_from(self.entries.len()).ok().filter(|count| *count > 0)?;
        start.checked_add(count)
    }

    /// Counts what an entry has many of. Each is small in the XML and larger in memory.
    fn count_element(
        &mut self,
        depth: usize,
        space: ArxivXmlNamespace,
        name: &str,
        attributes: &ArxivElementAttributes<'_>,
    ) -> Result<(), FetchError> {
        match (depth, space, name) {
            (2, ArxivXmlNamespace::Atom, "author") | (3, ArxivXmlNamespace::Arxiv, "affiliation") => {
                self.add_bytes_within_page_limit(size_of::<Author>())
            }
            (2, ArxivXmlNamespace::Atom, "category" | "link") => {
                self.links += 1;
                if self.links > LINKS_MAX {
                    return Err(broken_xml_error(format!(
                        "the feed has more than {LINKS_MAX} categories and links"
                    )));
                }
                self.add_bytes_within_page_limit(size_of::<Link>() + attributes.byte_count())
            }
            (2, ArxivXmlNamespace::Arxiv, "primary_category") => {
                self.add_bytes_within_page_limit(attributes.byte_count())
            }
            _ => Ok(()),
        }
    }

    /// Takes so many bytes more into memory.
    fn add_bytes_within_page_limit(&mut self, bytes: usize) -> Result<(), FetchError> {
        self.bytes += bytes;
        if self.bytes > PAGE_BYTES_MAX {
            return Err(broken_xml_error(format!(
                "the feed's entries have more than {PAGE_BYTES_MAX} bytes in all; a smaller `page` asks for fewer"
            )));
        }
        Ok(())
    }

    fn begin_result_entry(&mut self) -> Result<(), FetchError> {
        if self.entries.len() == ENTRIES_MAX {
            return Err(broken_xml_error(format!("the feed has more than {ENTRIES_MAX} entries")));
        }
        self.entry = Some(EntryBuilder::default());
        Ok(())
    }

    /// The text of a field is complete.
    fn keep_text_of_ended_element(&mut self, field: ArxivTextElement) -> Result<(), FetchError> {
        let text = self.text.as_str();
        match (field, &mut self.entry, &mut self.author) {
            (ArxivTextElement::Stamp, _, _) => keep_first(&mut self.stamp, parse_rfc3339_time(text)),
            (ArxivTextElement::Total, _, _) => {
                keep_first(&mut self.total, Some(parse_count_element("totalResults", text)?));
            }
            (ArxivTextElement::Start, _, _) => {
                keep_first(&mut self.start, Some(parse_count_element("startIndex", text)?));
            }
            (ArxivTextElement::Name, _, Some(author)) if author.name.is_empty() => {
                author.name = one_line(text);
            }
            (ArxivTextElement::Affiliation, _, Some(author)) => {
                author.affiliations.extend(non_empty_line(text));
            }
            (field, Some(draft), _) => set_entry_text(draft, field, text),
            (_, None, _) => {}
        }
        Ok(())
    }
}

fn classify_feed_element(space: ArxivXmlNamespace, name: &str) -> Option<ArxivTextElement> {
    match (space, name) {
        (ArxivXmlNamespace::Atom, "updated") => Some(ArxivTextElement::Stamp),
        (ArxivXmlNamespace::OpenSearch, "totalResults") => Some(ArxivTextElement::Total),
        (ArxivXmlNamespace::OpenSearch, "startIndex") => Some(ArxivTextElement::Start),
        _ => None,
    }
}

fn classify_entry_element(space: ArxivXmlNamespace, name: &str) -> Option<ArxivTextElement> {
    match (space, name) {
        (ArxivXmlNamespace::Atom, "id") => Some(ArxivTextElement::Id),
        (ArxivXmlNamespace::Atom, "title") => Some(ArxivTextElement::Title),
        (ArxivXmlNamespace::Atom, "summary") => Some(ArxivTextElement::Summary),
        (ArxivXmlNamespace::Atom, "updated") => Some(ArxivTextElement::Updated),
        (ArxivXmlNamespace::Atom, "published") => Some(ArxivTextElement::Published),
        (ArxivXmlNamespace::Arxiv, "comment") => Some(ArxivTextElement::Comment),
        (ArxivXmlNamespace::Arxiv, "journal_ref") => Some(ArxivTextElement::JournalRef),
        (ArxivXmlNamespace::Arxiv, "doi") => Some(ArxivTextElement::Doi),
        _ => None,
    }
}

fn text_element_in_author(space: ArxivXmlNamespace, name: &str) -> Option<ArxivTextElement> {
    match (space, name) {
        (ArxivXmlNamespace::Atom, "name") => Some(ArxivTextElement::Name),
        (ArxivXmlNamespace::Arxiv, "affiliation") => Some(ArxivTextElement::Affiliation),
        _ => None,
    }
}

fn set_entry_attributes(
    draft: &mut EntryBuilder,
    space: ArxivXmlNamespace,
    name: &str,
    attributes: ArxivElementAttributes<'_>,
) {
    match (space, name) {
        (ArxivXmlNamespace::Atom, "category") => draft.categories.extend(read_category(attributes)),
        (ArxivXmlNamespace::Arxiv, "primary_category") => {
            keep_first(&mut draft.primary, read_category(attributes));
        }
        (ArxivXmlNamespace::Atom, "link") => draft.links.extend(link_from_attributes(attributes)),
        _ => {}
    }
}

fn set_entry_text(draft: &mut EntryBuilder, field: ArxivTextElement, text: &str) {
    match field {
        ArxivTextElement::Id => keep_first(&mut draft.id, non_empty_line(text)),
        ArxivTextElement::Title => keep_first(&mut draft.title, non_empty_line(text)),
        ArxivTextElement::Summary => {
            keep_first(&mut draft.summary, Some(split_paragraphs(text)).filter(|text| !text.0.is_empty()));
        }
        ArxivTextElement::Updated => keep_first(&mut draft.updated, parse_rfc3339_time(text)),
        ArxivTextElement::Published => keep_first(&mut draft.published, parse_rfc3339_time(text)),
        ArxivTextElement::Comment => keep_first(&mut draft.comment, non_empty_line(text)),
        ArxivTextElement::JournalRef => keep_first(&mut draft.journal_ref, non_empty_line(text)),
        ArxivTextElement::Doi => keep_first(&mut draft.doi, non_empty_line(text)),
        ArxivTextElement::Stamp
        | ArxivTextElement::Total
        | ArxivTextElement::Start
        | ArxivTextElement::Name
        | ArxivTextElement::Affiliation => {}
    }
}

fn read_category(attributes: ArxivElementAttributes<'_>) -> Option<Category> {
    attributes.term.and_then(|term| non_empty_line(&term)).map(Category)
}

fn link_from_attributes(attributes: ArxivElementAttributes<'_>) -> Option<Link> {
    Some(Link {
        href: attributes.href.and_then(|href| non_empty_line(&href))?,
        rel: attributes.rel.map(Cow::into_owned),
        media_type: attributes.media_type.map(Cow::into_owned),
        title: attributes.title.map(Cow::into_owned),
    })
}

/// One line, or nothing if it would be empty.
fn non_empty_line(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|line| !line.is_empty())
}

/// RFC 3339, also with an offset such as -04:00, as arXiv's stamps had before November 2025.
fn parse_rfc3339_time(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

fn parse_count_element(element: &str, text: &str) -> Result<u64, FetchError> {
    text.trim().parse().map_err(|_| broken_xml_error(format!("the feed's {element} is not a number")))
}

fn keep_first<T>(place: &mut Option<T>, found: Option<T>) {
    if place.is_none() {
        *place = found;
    }
}
