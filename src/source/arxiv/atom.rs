//! arXiv's Atom, in the dialects of 2016, of before November 2025, and of today.
//!
//! The page is read event by event with a counter for the depth, so that no nesting can cost stack. What is
//! not known is skipped, but must be sound XML.

use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::body_detection::{body_as_xml, broken_xml_error, not_a_feed_error};
use super::clean_text::sanitize_line;
use super::result_page_builder::ArxivResultPageBuilder;
use super::xml_namespaces_and_attributes::{ArxivElementAttributes, ArxivXmlNamespace, element_name};
use crate::domain::{FetchError, ResultPage};

/// arXiv nests four deep; a page that goes on is an attack on somebody's stack.
const DEPTH_MAX: usize = 64;

/// A parser's remark on the XML, with names from it, in a message.
const REMARK_CHARS: usize = 160;

/// Reads one answer of the API, whole or not at all.
pub fn parse_result_page(body: &[u8]) -> Result<ResultPage, FetchError> {
    let text = body_as_xml(body)?;
    let mut parser = AtomResultPageParser {
        page: ArxivResultPageBuilder::default(),
        depth: 0,
        stage: ResultPageParserStage::Start,
    };
    let mut reader = NsReader::from_str(text);
    loop {
        let (space, event) = match reader.read_resolved_event() {
            Ok(read) => read,
            Err(error) => return Err(xml_error(&error, reader.error_position(), text.len())),
        };
        match event {
            Event::Start(element) => {
                parser.open_element(ArxivXmlNamespace::from_xml_resolve_result(&space)?, &element)?
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

    /// Without a DOCTYPE there are five entities and the numbers; another one would lose its text.
    fn add_entity_reference(&mut self, reference: &BytesRef<'_>) -> Result<(), FetchError> {
        let named =
            || broken_xml_error(format!("the XML has an unknown entity &{};", sanitize_line(reference, 20)));
        match reference.resolve_char_ref() {
            Ok(Some(character)) => self.add_cdata_or_reference_text(character.encode_utf8(&mut [0; 4])),
            Ok(None) => {
                self.add_cdata_or_reference_text(resolve_predefined_entity(reference).ok_or_else(named)?)
            }
            Err(_) => Err(named()),
        }
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
            ResultPageParserStage::End => self.page.finish(),
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
