//! The second pass: the document event by event, for what the feed's own parser drops. Its count of items is what counts.

use std::io::{Cursor, Read as _};

use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, BytesText, Event};
use quick_xml::name::{NamespaceResolver, Prefix};
use reqwest::Url;

use super::document_root::feed_text_excerpt;
use super::element_text::{ElementTextReader, find_attribute, truncate_to_bytes};
use super::error::FeedError;
use super::feed_field::FeedField;
use super::item_batch_parsing::{BATCH_BYTES, ItemBatches};
use super::namespace::FeedVocabulary;
use super::raw_feed::{FeedSyntax, RawElement, RawFeedHeader, RawItem, RawTextFormat};
use super::tag_lengths::check_xml_tag_lengths;
use crate::source::xml_repair::decode_entities;

/// Feeds nest some dozen deep with the XHTML in them; what goes on is an attack on somebody's stack.
const DEPTH_MAX: usize = 100;

/// An element of a feed has some dozen attributes, most of them namespaces of the root.
const ATTRIBUTES_MAX: usize = 256;

/// An item has some dozen elements, and one for each author: large collaborations have three thousand.
const LEAVES_MAX: usize = 5_000;

/// The elements around the items as they are written. Feeds declare some dozen namespaces there.
const OPEN_TAGS_BYTES_MAX: usize = 64 * 1024;

/// Each relative address of a feed is made as long as its base, in both passes.
const BASE_BYTES_MAX: usize = 512;

/// Reads a document from its root on, whole or not at all, and its items into the batches. `base` is the address of the feed.
pub(super) fn read_xml_feed<'s, 'd: 's>(
    text: &'d str,
    base: Option<&'d Url>,
    items: &mut ItemBatches<'s, 'd>,
) -> Result<RawFeedHeader, FeedError> {
    check_xml_tag_lengths(text)?;
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = XmlFeedParser::new(text, base, items);
    loop {
        let start = reader_position(text, &reader);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(xml_error(&error, reader.error_position(), text.len())),
        };
        match event {
            Event::Start(element) => {
                parser.open_element(reader.resolver(), &element, start)?;
            }
            Event::End(element) => {
                let position = reader_position(text, &reader);
                if parser.close_element(element.local_name().into_inner(), position) {
                    return Ok(parser.finish(&text[position..]));
                }
            }
            Event::Text(content) => parser.add_text(&content),
            Event::CData(content) => parser.add_text(&content),
            Event::GeneralRef(reference) => parser.add_entity_reference(&reference),
            Event::DocType(_) => return Err(FeedError::InternalSubset),
            // Empty elements are expanded.
            Event::Empty(_) | Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Err(FeedError::CutOff(text.len())),
        }
    }
}

struct XmlFeedParser<'d, 'i, 's> {
    document: &'d str,
    feed: RawFeedHeader,
    items: &'i mut ItemBatches<'s, 'd>,
    /// The batch of items that is being read.
    batch: Option<DocumentPart>,
    /// The open elements that may contain items.
    open: Vec<OpenElement>,
    depth: usize,
    /// The depth at which an item is open.
    item: Option<(usize, RawItem)>,
    /// The depth of the RSS channel.
    channel: Option<usize>,
    element_text: Option<ElementTextReader>,
    feed_base: Option<&'d Url>,
    bases: Vec<(usize, Url)>,
}

/// An element as it is written.
struct OpenElement {
    name: String,
    start_tag: String,
}

/// A part of the document with whole items, and the start tags of what is open before it.
struct DocumentPart {
    open_tags: String,
    start: usize,
    end: usize,
    end_tags: String,
}

impl<'d: 's, 'i, 's> XmlFeedParser<'d, 'i, 's> {
    fn new(document: &'d str, feed_base: Option<&'d Url>, items: &'i mut ItemBatches<'s, 'd>) -> Self {
        let feed = RawFeedHeader {
            format: FeedSyntax::Rss,
            header: RawItem::default(),
            notes: Vec::new(),
            gaps: Vec::new(),
        };
        Self {
            document,
            feed,
            items,
            batch: None,
            open: Vec::new(),
            depth: 0,
            item: None,
            channel: None,
            element_text: None,
            feed_base,
            bases: Vec::new(),
        }
    }

    fn open_element(
        &mut self,
        namespaces: &NamespaceResolver,
        element: &BytesStart<'_>,
        start: usize,
    ) -> Result<(), FeedError> {
        check_attribute_count(element)?;
        let depth = self.depth;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(FeedError::PastLimit(format!("it nests deeper than {DEPTH_MAX} elements")));
        }
        if memchr::memmem::find(element.attributes_raw().as_bytes(), b"xml:base").is_some() {
            self.push_xml_base(element)?;
        }
        if let Some(element_text) = &mut self.element_text {
            element_text.open_element(element);
            return Ok(());
        }
        let vocabulary = element_vocabulary(namespaces, element);
        let lower = lower_case(element.local_name().into_inner());
        if depth == 0 {
            self.open_feed_root_element(&lower, element);
        } else if let Some((item_depth, _)) = self.item {
            if depth == item_depth + 1 || (vocabulary == FeedVocabulary::Media && depth == item_depth + 2) {
                self.begin_element_text(vocabulary, &lower, element, start);
            }
        } else if is_core_feed_vocabulary(vocabulary) && matches!(&*lower, "item" | "entry") && depth <= 2 {
            self.item = Some((depth, RawItem::with_rdf_about(find_attribute(element, "about"))));
            self.begin_xml_item_batch(start);
        } else if is_core_feed_vocabulary(vocabulary) && lower == "channel" && depth == 1 {
            self.channel = Some(depth);
        } else if self.is_in_feed_header(depth) {
            self.begin_element_text(vocabulary, &lower, element, start);
        }
        if depth < 3 && self.item.is_none() {
            self.push_open_element(element);
        }
        Ok(())
    }

    fn open_feed_root_element(&mut self, name: &str, element: &BytesStart<'_>) {
        self.feed.format = match name {
            "rdf" => FeedSyntax::Rdf,
            "feed" => FeedSyntax::Atom,
            _ => FeedSyntax::Rss,
        };
        if name == "channel" {
            self.channel = Some(0);
        }
        if let Some(language) = find_attribute(element, "lang") {
            self.feed.header.push(RawElement {
                field: FeedField::Language,
                vocabulary: FeedVocabulary::Core,
                text: language,
                shape: RawTextFormat::Plain,
                attributes: Vec::new(),
            });
        }
    }

    fn is_in_feed_header(&self, depth: usize) -> bool {
        match self.feed.format {
            FeedSyntax::Atom => depth == 1,
            FeedSyntax::Rss | FeedSyntax::Rdf | FeedSyntax::Json => {
                self.channel.is_some_and(|channel| depth == channel + 1)
            }
        }
    }

    fn begin_element_text(
        &mut self,
        vocabulary: FeedVocabulary,
        name: &str,
        element: &BytesStart<'_>,
        start: usize,
    ) {
        let Some(field) = FeedField::from_element(vocabulary, name) else { return };
        let target = self.item.as_ref().map_or(&self.feed.header, |(_, item)| item);
        if target.leaves.len() >= LEAVES_MAX {
            return;
        }
        let room = target.bytes_left_for_field(field);
        let tag_end = (start + element.len() + "<>".len()).min(self.document.len());
        let text_bytes = memchr::memchr(b'<', &self.document.as_bytes()[tag_end..]).unwrap_or_default();
        let leaf = RawElement {
            field,
            vocabulary,
            text: String::with_capacity(text_bytes.min(room)),
            shape: RawTextFormat::Html,
            attributes: Vec::new(),
        };
        self.element_text = Some(ElementTextReader::new(leaf, element, self.depth - 1, room));
    }

    fn push_open_element(&mut self, element: &BytesStart<'_>) {
        let name = truncate_to_bytes(element.name().into_inner(), OPEN_TAGS_BYTES_MAX).to_owned();
        // One that is longer closes no document, so feed-rs refuses what it is before.
        let start_tag = format!("<{}>", truncate_to_bytes(element, OPEN_TAGS_BYTES_MAX));
        self.open.push(OpenElement { name, start_tag });
    }

    fn begin_xml_item_batch(&mut self, start: usize) {
        if self.batch.is_none() && !self.items.is_full() {
            let open_tags = self.open.iter().map(|open| open.start_tag.as_str()).collect();
            self.batch = Some(DocumentPart { open_tags, start, end: start, end_tags: String::new() });
        }
    }

    fn finish_item_batch(&mut self) {
        let Some(part) = self.batch.take() else { return };
        let items = &self.document[part.start..part.end];
        let document = Cursor::new(part.open_tags).chain(items.as_bytes()).chain(Cursor::new(part.end_tags));
        self.items.finish_item_batch(document, items.len());
    }

    /// Whether the root is closed.
    fn close_element(&mut self, name: &str, position: usize) -> bool {
        self.depth -= 1;
        let depth = self.depth;
        match &mut self.element_text {
            Some(element_text) if element_text.element_depth() == depth => self.end_element_text(),
            Some(element_text) => element_text.close_element(name),
            None => {}
        }
        if self.item.as_ref().is_some_and(|(item_depth, _)| *item_depth == depth) {
            self.end_item(position);
        } else if self.item.is_none() {
            self.open.truncate(depth);
            if self.channel == Some(depth) && depth > 0 {
                self.channel = None;
            }
        }
        while self.bases.last().is_some_and(|(at, _)| *at >= depth) {
            self.bases.pop();
        }
        depth == 0
    }

    fn end_element_text(&mut self) {
        let Some(mut leaf) = self.element_text.take().map(ElementTextReader::into_raw_element) else {
            return;
        };
        if leaf.field == FeedField::Link {
            let trimmed = leaf.text.trim();
            if let Some(resolved) = self.resolve_url(trimmed) {
                leaf.text = resolved;
            }
        }
        if leaf.text.is_empty() && leaf.attributes.is_empty() {
            return;
        }
        match &mut self.item {
            Some((_, item)) => item.push(leaf),
            None => self.feed.header.push(leaf),
        }
    }

    fn end_item(&mut self, position: usize) {
        let Some((_, item)) = self.item.take() else { return };
        self.items.add(item);
        let Some(batch) = &mut self.batch else { return };
        batch.end = position;
        batch.end_tags = self.open.iter().rev().flat_map(|open| ["</", &open.name, ">"]).collect();
        if batch.end - batch.start >= BATCH_BYTES || self.items.is_batch_memory_full() || self.items.is_full()
        {
            self.finish_item_batch();
        }
    }

    fn add_text(&mut self, text: &str) {
        if let Some(element_text) = &mut self.element_text {
            let text = truncate_to_bytes(text, element_text.remaining_bytes());
            element_text.push_text(&BytesText::from_escaped(text).xml10_content());
        }
    }

    /// A number, one of the five, or a name of HTML's, which XML does not know and feeds have. Any other stays as it is
    /// written: nothing is ever expanded.
    fn add_entity_reference(&mut self, reference: &BytesRef<'_>) {
        let Some(element_text) = &mut self.element_text else { return };
        if element_text.remaining_bytes() == 0 {
            return;
        }
        match reference.resolve_char_ref() {
            Ok(Some(character)) if !character.is_control() || character.is_whitespace() => {
                element_text.push_text(character.encode_utf8(&mut [0; 4]));
            }
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => {
                if let Some(text) = resolve_predefined_entity(reference) {
                    return element_text.push_text(text);
                }
                let name = truncate_to_bytes(reference, element_text.remaining_bytes());
                element_text.push_text(&decode_entities(&format!("&{name};")));
            }
        }
    }

    fn push_xml_base(&mut self, element: &BytesStart<'_>) -> Result<(), FeedError> {
        let Some(address) = find_attribute(element, "xml:base") else { return Ok(()) };
        let outer = self.bases.last().map(|(_, base)| base).or(self.feed_base);
        let base = match outer {
            Some(outer) => outer.join(&address).ok(),
            None => Url::parse(&address).ok(),
        };
        match base {
            Some(base) if base.as_str().len() > BASE_BYTES_MAX => {
                let words = format!("an xml:base has more than {BASE_BYTES_MAX} bytes");
                return Err(FeedError::PastLimit(words));
            }
            Some(base) => self.bases.push((self.depth - 1, base)),
            None => self.feed.notes.push(format!("xml:base `{}` is no address", feed_text_excerpt(&address))),
        }
        Ok(())
    }

    /// A relative address against its base. An absolute one stays as it is.
    fn resolve_url(&self, address: &str) -> Option<String> {
        if address.is_empty() || address.contains("://") {
            return None;
        }
        let base = self.bases.last().map(|(_, base)| base).or(self.feed_base)?;
        base.join(address).ok().map(String::from)
    }

    fn finish(mut self, rest: &str) -> RawFeedHeader {
        self.finish_item_batch();
        let rest = rest.trim();
        let is_comment = rest.starts_with("<!--") && rest.ends_with("-->");
        if ["<item", "<entry"].iter().any(|item| rest.contains(item)) {
            self.feed.gaps.push("there is a second feed behind its end, which is not read".to_owned());
        } else if !rest.is_empty() && !is_comment {
            self.feed.notes.push("what is behind the end of the feed was skipped".to_owned());
        }
        self.feed
    }
}

fn element_vocabulary(namespaces: &NamespaceResolver, element: &BytesStart<'_>) -> FeedVocabulary {
    let name = element.name();
    let (resolved, _) = namespaces.resolve_element(name);
    FeedVocabulary::from_xml_resolve_result(&resolved, name.prefix().map(Prefix::into_inner))
}

fn is_core_feed_vocabulary(vocabulary: FeedVocabulary) -> bool {
    matches!(vocabulary, FeedVocabulary::Core | FeedVocabulary::Atom)
}

fn lower_case(name: &str) -> std::borrow::Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

fn reader_position(text: &str, reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(text.len())
}

/// Without reading them: each attribute has its `=`.
fn check_attribute_count(element: &BytesStart<'_>) -> Result<(), FeedError> {
    let raw = element.attributes_raw().as_bytes();
    if raw.len() > ATTRIBUTES_MAX && memchr::memchr_iter(b'=', raw).count() > ATTRIBUTES_MAX {
        return Err(FeedError::PastLimit(format!("an element has more than {ATTRIBUTES_MAX} attributes")));
    }
    Ok(())
}

fn xml_error(error: &Error, position: u64, bytes: usize) -> FeedError {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            FeedError::Broken(format!("unknown markup at byte {position}"))
        }
        Error::Syntax(_) => FeedError::CutOff(bytes),
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            FeedError::Broken(format!("a bare `&` at byte {position}"))
        }
        Error::Namespace(_) => FeedError::PastLimit(feed_text_excerpt(&error.to_string())),
        Error::Io(_)
        | Error::IllFormed(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_) => {
            FeedError::Broken(format!("{} at byte {position}", feed_text_excerpt(&error.to_string())))
        }
    }
}
