//! arXiv's Atom, in the dialects of 2016, of before November 2025, and of today.
//!
//! The page is read event by event with a counter for the depth, so that no nesting can cost stack. What is
//! not known is skipped, but must be sound XML.

use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::body_detection::{REPAIRED_BYTES_MAX, body_as_xml, broken_xml_error, not_a_feed_error};
use super::clean_text::sanitize_line;
use super::damaged_page::read_damaged_page;
use super::result_page_builder::ArxivResultPageBuilder;
use super::xml_namespaces_and_attributes::{ArxivElementAttributes, ArxivXmlNamespace, element_name};
use crate::domain::{FetchError, FetchErrorKind, ResultPage};
use crate::source::xml_repair::{CharacterReference, decode_entities, parse_character_reference};

/// arXiv nests four deep; a page that goes on is an attack on somebody's stack.
const DEPTH_MAX: usize = 64;

/// What is where a character cannot be known: <https://www.unicode.org/charts/PDF/UFFF0.pdf>.
const LOST_CHARACTER: char = '\u{fffd}';

/// A parser's remark on the XML, with names from it, in a message.
const REMARK_CHARS: usize = 160;

/// Reads one answer of the API. What is no whole feed is refused; an entry that is broken in itself is set apart, and what one
/// careless character breaks is mended and noted.
pub fn parse_result_page(body: &[u8]) -> Result<ResultPage, FetchError> {
    let (text, strays) = body_as_xml(body)?;
    let mut page = match parse_sound_page(&text) {
        Err(error) if error.kind == FetchErrorKind::BrokenXml && text.len() <= REPAIRED_BYTES_MAX => {
            read_damaged_page(&text, error, parse_sound_page)?
        }
        read => read?,
    };
    if strays > 0 {
        page.notes.push(format!("{} not UTF-8 and read as Windows-1252", bytes_that_are(strays)));
    }
    Ok(page)
}

fn bytes_that_are(count: usize) -> String {
    if count == 1 { "1 byte is".to_owned() } else { format!("{count} bytes are") }
}

/// Reads XML whole or not at all.
fn parse_sound_page(text: &str) -> Result<ResultPage, FetchError> {
    let mut parser = AtomResultPageParser {
        page: ArxivResultPageBuilder::default(),
        depth: 0,
        stage: ResultPageParserStage::Start,
        first_half: None,
        mended_references: 0,
    };
    let mut reader = NsReader::from_str(text);
    loop {
        let (space, event) = match reader.read_resolved_event() {
            Ok(read) => read,
            Err(error) => return Err(xml_error(&error, reader.error_position(), text.len())),
        };
        if !matches!(event, Event::GeneralRef(_)) {
            parser.end_lone_half()?;
        }
        match event {
            Event::Start(element) => {
                parser.open_element(ArxivXmlNamespace::from_xml_resolve_result(&space)?, &element)?;
            }
            Event::Empty(element) => {
                parser.open_element(ArxivXmlNamespace::from_xml_resolve_result(&space)?, &element)?;
                parser.close_element()?;
            }
            Event::End(_) => parser.close_element()?,
            Event::Text(content) => parser.add_text(&content.xml10_content())?,
            Event::CData(content) => parser.add_cdata_or_reference_text(&content.xml10_content())?,
            Event::GeneralRef(reference) => parser.add_entity_reference(&reference)?,
            Event::Decl(declaration) => parser.read_declaration(&declaration)?,
            Event::DocType(doctype) => return Err(doctype_error(&doctype)),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return parser.finish(text.len()),
        }
    }
}

/// The page as far as it is read, and where in the document the parser is.
#[derive(Debug)]
struct AtomResultPageParser {
    page: ArxivResultPageBuilder,
    /// How many elements are open.
    depth: usize,
    stage: ResultPageParserStage,
    /// The first half of a character, whose second half may follow.
    first_half: Option<u32>,
    /// References that XML does not have or does not allow.
    mended_references: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ResultPageParserStage {
    /// Nothing but white space and comments so far.
    Start,
    /// The XML declaration has been seen.
    Declared,
    /// Inside the root.
    Root,
    /// Behind the root's end tag.
    End,
}

impl AtomResultPageParser {
    fn open_element(&mut self, space: ArxivXmlNamespace, element: &BytesStart<'_>) -> Result<(), FetchError> {
        match self.stage {
            ResultPageParserStage::Start | ResultPageParserStage::Declared => {
                self.begin_root(space, element)?;
            }
            ResultPageParserStage::Root => {
                let attributes = ArxivElementAttributes::read(element)?;
                self.page.open_element(self.depth, space, element.local_name().into_inner(), attributes)?;
            }
            ResultPageParserStage::End => return Err(trailing_content_error()),
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(broken_xml_error(format!("the XML nests deeper than {DEPTH_MAX} elements")));
        }
        Ok(())
    }

    fn begin_root(&mut self, space: ArxivXmlNamespace, element: &BytesStart<'_>) -> Result<(), FetchError> {
        if space != ArxivXmlNamespace::Atom || element.local_name().as_ref() != "feed" {
            return Err(not_a_feed_error(format!(
                "XML whose root <{}> is not an Atom feed",
                element_name(element)
            )));
        }
        ArxivElementAttributes::read(element)?;
        self.stage = ResultPageParserStage::Root;
        Ok(())
    }

    fn close_element(&mut self) -> Result<(), FetchError> {
        self.depth -= 1;
        if self.depth == 0 {
            self.stage = ResultPageParserStage::End;
        }
        self.page.close_element(self.depth)
    }

    fn add_text(&mut self, text: &str) -> Result<(), FetchError> {
        match self.stage {
            ResultPageParserStage::Root => self.page.add_text(text),
            ResultPageParserStage::Start | ResultPageParserStage::Declared | ResultPageParserStage::End
                if text.trim_ascii().is_empty() =>
            {
                Ok(())
            }
            ResultPageParserStage::Start | ResultPageParserStage::Declared => {
                Err(not_a_feed_error("there is text before the feed".to_owned()))
            }
            ResultPageParserStage::End => Err(trailing_content_error()),
        }
    }

    /// A CDATA section or a reference, which no space outside of the root may hold.
    fn add_cdata_or_reference_text(&mut self, text: &str) -> Result<(), FetchError> {
        match self.stage {
            ResultPageParserStage::Root => self.page.add_text(text),
            ResultPageParserStage::Start | ResultPageParserStage::Declared => {
                Err(not_a_feed_error("there is text before the feed".to_owned()))
            }
            ResultPageParserStage::End => Err(trailing_content_error()),
        }
    }

    /// Without a DOCTYPE there are five entities and the numbers. A name of HTML's is what it is there; any other stays as it
    /// is written, and nothing is ever expanded.
    fn add_entity_reference(&mut self, reference: &BytesRef<'_>) -> Result<(), FetchError> {
        let Some(number) = parse_character_reference(reference) else {
            self.end_lone_half()?;
            if let Some(text) = resolve_predefined_entity(reference) {
                return self.add_cdata_or_reference_text(text);
            }
            self.mended_references += 1;
            return self.add_cdata_or_reference_text(&decode_entities(&format!("&{};", &**reference)));
        };
        self.add_character_reference(number)
    }

    /// A character that was written in two halves is put together; half a one, or none, leaves a mark in its place.
    fn add_character_reference(&mut self, reference: CharacterReference) -> Result<(), FetchError> {
        match (reference, self.first_half) {
            (CharacterReference::SecondHalf(second), Some(first)) => {
                self.first_half = None;
                self.mended_references += 1;
                let joined = CharacterReference::join_halves(first, second).unwrap_or(LOST_CHARACTER);
                self.add_cdata_or_reference_text(joined.encode_utf8(&mut [0; 4]))
            }
            (CharacterReference::FirstHalf(first), _) => {
                self.end_lone_half()?;
                self.first_half = Some(first);
                Ok(())
            }
            (CharacterReference::Character(character), _) => {
                self.end_lone_half()?;
                self.add_cdata_or_reference_text(character.encode_utf8(&mut [0; 4]))
            }
            (CharacterReference::SecondHalf(_) | CharacterReference::Nothing, _) => {
                self.end_lone_half()?;
                self.add_lost_character()
            }
        }
    }

    /// Nothing that completes the first half of a character follows it.
    fn end_lone_half(&mut self) -> Result<(), FetchError> {
        if self.first_half.take().is_some() { self.add_lost_character() } else { Ok(()) }
    }

    fn add_lost_character(&mut self) -> Result<(), FetchError> {
        self.mended_references += 1;
        self.add_cdata_or_reference_text(LOST_CHARACTER.encode_utf8(&mut [0; 4]))
    }

    fn read_declaration(&mut self, declaration: &BytesDecl<'_>) -> Result<(), FetchError> {
        match self.stage {
            ResultPageParserStage::Start => self.stage = ResultPageParserStage::Declared,
            ResultPageParserStage::Declared | ResultPageParserStage::Root => {
                return Err(broken_xml_error("there is a second XML declaration inside the feed".to_owned()));
            }
            ResultPageParserStage::End => return Err(trailing_content_error()),
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if is_utf8(&encoding) => Ok(()),
            Some(Ok(encoding)) => Err(broken_xml_error(format!(
                "the XML says that its encoding is {}; only UTF-8 is read",
                sanitize_line(&encoding, 20)
            ))),
            Some(Err(_)) => Err(broken_xml_error("the XML declaration is broken".to_owned())),
        }
    }

    /// quick-xml says a plain end of file also if elements are still open.
    fn finish(self, bytes: usize) -> Result<ResultPage, FetchError> {
        match self.stage {
            ResultPageParserStage::End => {
                let mut page = self.page.finish()?;
                if self.mended_references > 0 {
                    let count = self.mended_references;
                    page.notes
                        .push(format!("references that XML does not have, read as HTML has them: {count}"));
                }
                Ok(page)
            }
            ResultPageParserStage::Start | ResultPageParserStage::Declared | ResultPageParserStage::Root => {
                Err(truncated_error(bytes))
            }
        }
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
}

fn truncated_error(bytes: usize) -> FetchError {
    broken_xml_error(format!("the XML is cut off after {bytes} bytes, before the end of the feed"))
}

fn trailing_content_error() -> FetchError {
    broken_xml_error("there is something behind the end of the feed, perhaps a second feed".to_owned())
}

fn doctype_error(doctype: &str) -> FetchError {
    if doctype.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html")) {
        return not_a_feed_error("an HTML page, not a feed".to_owned());
    }
    broken_xml_error("the XML has a DOCTYPE, which arXiv never sends and which is not read".to_owned())
}

/// The reader's remark, unless it is only that the end is missing.
fn xml_error(error: &Error, position: u64, bytes: usize) -> FetchError {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            broken_xml_error(format!("the XML is broken at byte {position} of {bytes}: unknown markup"))
        }
        Error::Syntax(_) => truncated_error(bytes),
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            broken_xml_error(format!("the XML is broken at byte {position} of {bytes}: a bare `&`"))
        }
        Error::Io(_)
        | Error::IllFormed(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_)
        | Error::Namespace(_) => broken_xml_error(format!(
            "the XML is broken at byte {position} of {bytes}: {}",
            sanitize_line(&error.to_string(), REMARK_CHARS)
        )),
    }
}
