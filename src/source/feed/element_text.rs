//! Reading one element of an item: its text, with the elements in it as HTML.

use quick_xml::events::BytesStart;

use super::feed_field::FeedField;
use super::raw_feed::{RawElement, RawElementAttribute, RawTextFormat};
use crate::source::xml_repair::decode_entities;

/// Addresses are the longest attributes that are kept: browsers take no more than some 32,000 characters of one.
const ATTRIBUTE_BYTES_MAX: usize = 32 << 10;

/// An element whose content is being read.
pub(super) struct ElementTextReader {
    leaf: RawElement,
    /// How many bytes of it are read.
    room: usize,
    depth: usize,
    state: ElementTextState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ElementTextState {
    /// Text and nothing else so far.
    Text,
    /// Elements inside; the text is written as HTML.
    Markup,
    /// A person with parts of which none is read now.
    PersonOutside,
    /// A person's name.
    PersonName,
    /// Empty, so that its attributes say everything.
    Skipped,
}

impl ElementTextReader {
    /// Begins to read an element, which is open at that depth, as far as there is room.
    pub(super) fn new(leaf: RawElement, element: &BytesStart<'_>, depth: usize, room: usize) -> Self {
        let mut element_text = Self { leaf, room, depth, state: ElementTextState::Text };
        if !element.attributes_raw().is_empty() {
            element_text.read_attributes(element);
        }
        element_text
    }

    /// How many more bytes are read.
    pub(super) fn remaining_bytes(&self) -> usize {
        self.room.saturating_sub(self.leaf.text.len())
    }

    pub(super) fn element_depth(&self) -> usize {
        self.depth
    }

    pub(super) fn into_raw_element(self) -> RawElement {
        self.leaf
    }

    /// An element inside of the one that is read.
    pub(super) fn open_element(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name().into_inner();
        match (self.leaf.field, self.state) {
            (_, ElementTextState::Skipped) => {}
            (FeedField::Creator, _) => {
                let is_name = name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("li");
                if is_name
                    && !self.leaf.text.trim().is_empty()
                    && self.state == ElementTextState::PersonOutside
                {
                    self.leaf.text.push_str("; ");
                } else if is_name {
                    self.leaf.text.clear();
                }
                self.state =
                    if is_name { ElementTextState::PersonName } else { ElementTextState::PersonOutside };
            }
            (_, ElementTextState::Markup) => self.append_tag_as_text("<", name),
            (_, ElementTextState::Text | ElementTextState::PersonOutside | ElementTextState::PersonName) => {
                self.leaf.text = html_escape::encode_text(&self.leaf.text).into_owned();
                self.leaf.shape = RawTextFormat::Html;
                self.state = ElementTextState::Markup;
                self.append_tag_as_text("<", name);
            }
        }
    }

    fn append_tag_as_text(&mut self, start: &str, name: &str) {
        if name.len() > self.remaining_bytes() {
            return;
        }
        for part in [start, name, ">"] {
            self.leaf.text.push_str(part);
        }
    }

    /// The end of an element inside of the one that is read.
    pub(super) fn close_element(&mut self, name: &str) {
        match self.state {
            ElementTextState::PersonName => self.state = ElementTextState::PersonOutside,
            ElementTextState::Markup => self.append_tag_as_text("</", name),
            ElementTextState::Text | ElementTextState::PersonOutside | ElementTextState::Skipped => {}
        }
    }

    pub(super) fn push_text(&mut self, text: &str) {
        match self.state {
            ElementTextState::Text | ElementTextState::PersonName => self.leaf.text.push_str(text),
            ElementTextState::Markup => self.leaf.text.push_str(&html_escape::encode_text(text)),
            ElementTextState::PersonOutside | ElementTextState::Skipped => {}
        }
    }

    /// The attributes that are kept, and what they say of the text.
    fn read_attributes(&mut self, element: &BytesStart<'_>) {
        let room = self.room.min(ATTRIBUTE_BYTES_MAX);
        for attribute in element.attributes().with_checks(false).flatten() {
            let value = || decode_entities(truncate_to_bytes(&attribute.value, room)).trim().to_owned();
            let kept = match (self.leaf.field, attribute.key.into_inner()) {
                (FeedField::Link, "href") | (FeedField::Category, "term") => {
                    self.leaf.text = value();
                    self.state = ElementTextState::Skipped;
                    continue;
                }
                (FeedField::Link | FeedField::Identifier, "resource" | "rdf:resource") => {
                    self.leaf.text = value();
                    continue;
                }
                (FeedField::Title | FeedField::Summary | FeedField::Content, "type") => {
                    if matches!(&*attribute.value, "text" | "text/plain") {
                        self.leaf.shape = RawTextFormat::Plain;
                    }
                    continue;
                }
                (FeedField::Link, "rel") => RawElementAttribute::Rel,
                (FeedField::Link, "type") => RawElementAttribute::MediaType,
                (FeedField::Link, "title") => RawElementAttribute::Title,
                (FeedField::Category, "scheme" | "domain") => RawElementAttribute::Scheme,
                (FeedField::Guid, "isPermaLink" | "ispermalink") => RawElementAttribute::IsPermaLink,
                _ => continue,
            };
            self.leaf.attributes.push((kept, value()));
        }
    }
}

/// As much of a text as fits in so many bytes.
pub(super) fn truncate_to_bytes(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The attribute of that name, with any prefix if the name is given without one.
pub(super) fn find_attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().with_checks(false).flatten().find_map(|attribute| {
        let key = attribute.key.into_inner();
        let is_it = key == name || attribute.key.local_name().into_inner() == name;
        is_it.then(|| {
            decode_entities(truncate_to_bytes(&attribute.value, ATTRIBUTE_BYTES_MAX)).trim().to_owned()
        })
    })
}
