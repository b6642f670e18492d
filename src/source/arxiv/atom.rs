//! arXiv's Atom, in the dialects of 2016, of before November 2025, and of today.
//!
//! The page is read event by event with a counter for the depth, so that no nesting can cost stack. What
//! stands where no known thing stands is skipped, but must be sound XML.

use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::element::{Attributes, Space, name};
use super::opening::{broken, not_a_feed, text_of};
use super::page::Page;
use super::text::harmless;
use crate::domain::{Answer, Fault};

/// arXiv nests four deep; a page that goes on is an attack on somebody's stack.
const DEPTH_MAX: usize = 64;

/// A parser's remark on the XML, with names from it, in a message.
const REMARK_CHARS: usize = 160;

/// Reads one answer of the API, whole or not at all.
pub fn parse(body: &[u8]) -> Result<Answer, Fault> {
    let text = text_of(body)?;
    let mut reading = Reading { page: Page::default(), depth: 0, stage: Stage::Start };
    let mut reader = NsReader::from_str(text);
    loop {
        let (space, event) = match reader.read_resolved_event() {
            Ok(read) => read,
            Err(error) => return Err(unsound(&error, reader.error_position(), text.len())),
        };
        match event {
            Event::Start(element) => reading.open(Space::of(&space)?, &element)?,
            Event::Empty(element) => {
                reading.open(Space::of(&space)?, &element)?;
                reading.close()?;
            }
            Event::End(_) => reading.close()?,
            Event::Text(content) => reading.text(&content.xml10_content())?,
            Event::CData(content) => reading.section(&content.xml10_content())?,
            Event::GeneralRef(reference) => reading.reference(&reference)?,
            Event::Decl(declaration) => reading.declare(&declaration)?,
            Event::DocType(doctype) => return Err(refuse_doctype(&doctype)),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return reading.finish(text.len()),
        }
    }
}

/// Where in the document the reader stands.
#[derive(Debug)]
struct Reading {
    page: Page,
    /// How many elements are open.
    depth: usize,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing but white space and comments so far.
    Start,
    /// The XML declaration has been seen.
    Declared,
    /// Inside the root.
    Root,
    /// Behind the root's end tag.
    End,
}

impl Reading {
    fn open(&mut self, space: Space, element: &BytesStart<'_>) -> Result<(), Fault> {
        match self.stage {
            Stage::Start | Stage::Declared => self.begin_root(space, element)?,
            Stage::Root => {
                let attributes = Attributes::read(element)?;
                self.page.open(self.depth, space, element.local_name().into_inner(), attributes)?;
            }
            Stage::End => return Err(doubled()),
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(broken(format!("the XML nests deeper than {DEPTH_MAX} elements")));
        }
        Ok(())
    }

    fn begin_root(&mut self, space: Space, element: &BytesStart<'_>) -> Result<(), Fault> {
        if space != Space::Atom || element.local_name().as_ref() != "feed" {
            return Err(not_a_feed(format!("XML whose root <{}> is not an Atom feed", name(element))));
        }
        Attributes::read(element)?;
        self.stage = Stage::Root;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.depth -= 1;
        if self.depth == 0 {
            self.stage = Stage::End;
        }
        self.page.close(self.depth)
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.stage {
            Stage::Root => self.page.text(text),
            Stage::Start | Stage::Declared | Stage::End if text.trim_ascii().is_empty() => Ok(()),
            Stage::Start | Stage::Declared => Err(not_a_feed("text stands before the feed".to_owned())),
            Stage::End => Err(doubled()),
        }
    }

    /// A CDATA section or a reference, which no space outside of the root may hold.
    fn section(&mut self, text: &str) -> Result<(), Fault> {
        match self.stage {
            Stage::Root => self.page.text(text),
            Stage::Start | Stage::Declared => Err(not_a_feed("text stands before the feed".to_owned())),
            Stage::End => Err(doubled()),
        }
    }

    /// Without a DOCTYPE there are five entities and the numbers; another one would lose its text.
    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Fault> {
        let named = || broken(format!("the XML has an unknown entity &{};", harmless(reference, 20)));
        match reference.resolve_char_ref() {
            Ok(Some(character)) => self.section(character.encode_utf8(&mut [0; 4])),
            Ok(None) => self.section(resolve_predefined_entity(reference).ok_or_else(named)?),
            Err(_) => Err(named()),
        }
    }

    fn declare(&mut self, declaration: &BytesDecl<'_>) -> Result<(), Fault> {
        match self.stage {
            Stage::Start => self.stage = Stage::Declared,
            Stage::Declared | Stage::Root => {
                return Err(broken("a second XML declaration stands inside the feed".to_owned()));
            }
            Stage::End => return Err(doubled()),
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if is_utf8(&encoding) => Ok(()),
            Some(Ok(encoding)) => Err(broken(format!(
                "the XML says that its encoding is {}; only UTF-8 is read",
                harmless(&encoding, 20)
            ))),
            Some(Err(_)) => Err(broken("the XML declaration is broken".to_owned())),
        }
    }

    /// quick-xml says a plain end of file also where elements are still open.
    fn finish(self, bytes: usize) -> Result<Answer, Fault> {
        match self.stage {
            Stage::End => self.page.finish(),
            Stage::Start | Stage::Declared | Stage::Root => Err(cut(bytes)),
        }
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
}

fn cut(bytes: usize) -> Fault {
    broken(format!("the XML is cut off after {bytes} bytes, before the end of the feed"))
}

fn doubled() -> Fault {
    broken("something stands behind the end of the feed, perhaps a second feed".to_owned())
}

fn refuse_doctype(doctype: &str) -> Fault {
    if doctype.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html")) {
        return not_a_feed("an HTML page, not a feed".to_owned());
    }
    broken("the XML has a DOCTYPE, which arXiv never sends and which is not read".to_owned())
}

/// The reader's remark, where what is wrong is not simply that the end is missing.
fn unsound(error: &Error, position: u64, bytes: usize) -> Fault {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            broken(format!("the XML is broken at byte {position} of {bytes}: unknown markup"))
        }
        Error::Syntax(_) => cut(bytes),
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            broken(format!("the XML is broken at byte {position} of {bytes}: a bare `&`"))
        }
        Error::Io(_)
        | Error::IllFormed(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_)
        | Error::Namespace(_) => broken(format!(
            "the XML is broken at byte {position} of {bytes}: {}",
            harmless(&error.to_string(), REMARK_CHARS)
        )),
    }
}
