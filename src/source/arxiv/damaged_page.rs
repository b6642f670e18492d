//! A page whose XML is broken: what of it can be read, entry by entry.
//!
//! An entry that cannot be read by itself, between its own tags, is mended or set apart, and then the page must be sound
//! without it. A page that is cut off, or broken anywhere else, stays refused.

use std::borrow::Cow;

use memchr::memmem;

use super::result_page_builder::ENTRIES_MAX;
use crate::domain::{
    ArxivId, EntryFlaw, FetchError, FetchErrorKind, PaperId, ResultEntry, ResultPage, Revision,
};
use crate::source::xml_repair::{RepairedXml, escape_bare_xml_markup};

/// What is before the first entry is read once with each of them. arXiv's has a kilobyte, and the query.
const HEAD_BYTES_MAX: usize = 32 << 10;

const ENTRY_START: &str = "<entry";
const ENTRY_END: &str = "</entry>";
const FEED_END: &str = "</feed>";

/// The reader of a page that is sound.
type SoundPageReader = fn(&str) -> Result<ResultPage, FetchError>;

/// Reads what can be read, by this reader, of a page that is broken for this reason. If that is nothing, or if not its entries
/// are what is broken, the reason stays.
pub(super) fn read_damaged_page(
    text: &str,
    reason: FetchError,
    read: SoundPageReader,
) -> Result<ResultPage, FetchError> {
    if has_unknown_declaration(text) {
        return Err(reason);
    }
    let Some(parts) = PageParts::split(text) else { return read_repaired(text, read).ok_or(reason) };
    let Some(head) = parts.readable_head(read) else { return Err(reason) };
    let mut mended = MendedPage { text: head.text.into_owned(), marks: head.marks, broken: Vec::new() };
    let head = mended.text.clone();
    for (place, (entry, behind)) in parts.entries.iter().enumerate() {
        match read_entry(&head, entry, read) {
            Ok(Some(entry)) => {
                mended.marks += entry.marks;
                mended.text.push_str(&entry.text);
            }
            Ok(None) => mended.broken.push((place, broken_entry(entry))),
            Err(refusal) => return Err(refusal),
        }
        mended.text.push_str(behind);
    }
    if mended.broken.len() == parts.entries.len() {
        return Err(reason);
    }
    mended.read_page(read).ok_or(reason)
}

/// A part of a page that is sound by itself, and how many of its characters had to be escaped.
struct SoundText<'t> {
    text: Cow<'t, str>,
    marks: usize,
}

/// A page in its parts.
struct PageParts<'t> {
    /// All before the first entry.
    head: &'t str,
    /// Each entry, and what is behind it.
    entries: Vec<(&'t str, &'t str)>,
}

impl<'t> PageParts<'t> {
    /// None if it has no entry, or one without its end tag, or more than any page.
    fn split(text: &'t str) -> Option<Self> {
        let starts: Vec<usize> = entry_starts(text).take(ENTRIES_MAX + 1).collect();
        let first = *starts.first()?;
        if starts.len() > ENTRIES_MAX || first > HEAD_BYTES_MAX {
            return None;
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let entries = starts.iter().zip(ends).map(|(start, end)| {
            let part = &text[*start..end];
            let entry = part.find(ENTRY_END)? + ENTRY_END.len();
            Some(part.split_at(entry))
        });
        Some(Self { head: &text[..first], entries: entries.collect::<Option<_>>()? })
    }

    fn readable_head(&self, read: SoundPageReader) -> Option<SoundText<'t>> {
        sound_or_escaped(self.head, |head| read(&format!("{head}{ENTRY_START}/>{FEED_END}")).is_ok())
    }
}

/// Where the start tags of entries are.
fn entry_starts(text: &str) -> impl Iterator<Item = usize> {
    memmem::find_iter(text.as_bytes(), ENTRY_START).filter(move |at| {
        let behind = text.as_bytes().get(at + ENTRY_START.len());
        behind.is_some_and(|byte| *byte == b'>' || byte.is_ascii_whitespace())
    })
}

/// The entry as it can be read, none if it cannot. An error if arXiv says by it that the request was wrong.
fn read_entry<'t>(
    head: &str,
    entry: &'t str,
    read: SoundPageReader,
) -> Result<Option<SoundText<'t>>, FetchError> {
    let mut refusal = None;
    let sound = sound_or_escaped(entry, |entry| match read(&format!("{head}{entry}{FEED_END}")) {
        Err(error) if error.kind == FetchErrorKind::Refused => {
            refusal = Some(error);
            false
        }
        page => page.is_ok(),
    });
    refusal.map_or(Ok(sound), Err)
}

/// The text as it is if that can be read, or else with its bare `&` and `<` escaped.
fn sound_or_escaped(text: &str, mut is_sound: impl FnMut(&str) -> bool) -> Option<SoundText<'_>> {
    if is_sound(text) {
        return Some(SoundText { text: Cow::Borrowed(text), marks: 0 });
    }
    let RepairedXml { text, ampersands, angles } = escape_bare_xml_markup(text.to_owned())?;
    is_sound(&text).then(|| SoundText { text: Cow::Owned(text), marks: ampersands + angles })
}

/// A page as it is read after all.
struct MendedPage {
    text: String,
    /// How many characters had to be escaped.
    marks: usize,
    /// The entries that cannot be read, each with its place among all.
    broken: Vec<(usize, ResultEntry)>,
}

impl MendedPage {
    fn read_page(self, read: SoundPageReader) -> Option<ResultPage> {
        let mut page = read(&self.text).ok()?;
        if !page.is_total_stated {
            page.total += self.broken.len() as u64;
        }
        for (place, entry) in self.broken {
            page.entries.insert(place.min(page.entries.len()), entry);
        }
        if self.marks > 0 {
            page.notes.push(format!("bare `&` and `<` read as text: {}", self.marks));
        }
        Some(page)
    }
}

/// A page without entries whose head is broken.
fn read_repaired(text: &str, read: SoundPageReader) -> Option<ResultPage> {
    let sound = sound_or_escaped(text, |text| read(text).is_ok())?;
    let mended = MendedPage { text: sound.text.into_owned(), marks: sound.marks, broken: Vec::new() };
    mended.read_page(read)
}

/// What is known of an entry that cannot be read: which paper it speaks of, if that much can.
fn broken_entry(entry: &str) -> ResultEntry {
    let id = || {
        let (_, behind) = entry.split_once("<id>")?;
        let (id, _) = behind.split_once('<')?;
        let (id, version) = ArxivId::parse_with_version(id.trim()).ok()?;
        Some((PaperId::from_arxiv_id(&id), Revision::Numbered(version?)))
    };
    ResultEntry::Flawed { id: id(), flaw: EntryFlaw::BrokenForm }
}

/// Whether it has a `<!` that begins neither a comment nor a section: a DOCTYPE is never read as text.
fn has_unknown_declaration(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), "<!").any(|at| {
        let declaration = &text[at..];
        !declaration.starts_with("<!--") && !declaration.starts_with("<![CDATA[")
    })
}
