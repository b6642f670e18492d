//! Reading one element of an item: its text, with the elements in it as HTML.

use quick_xml::events::BytesStart;

use super::html_text::decode_entities;
use super::namespace::FeedVocabulary;
use super::raw_feed::{LeafAttribute, RawLeaf, TextShape};
use super::raw_field::RawField;

/// An element whose content is being read.
pub(super) struct Capture {
    leaf: RawLeaf,
    depth: usize,
    shape: CaptureShape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CaptureShape {
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

impl Capture {
    /// Begins to read an element, which is open at that depth.
    pub(super) fn new(
        field: RawField,
        vocabulary: FeedVocabulary,
        element: &BytesStart<'_>,
        depth: usize,
    ) -> Self {
        let leaf = RawLeaf {
            field,
            vocabulary,
            text: String::new(),
            shape: TextShape::Html,
            attributes: Vec::new(),
        };
        let mut capture = Self { leaf, depth, shape: CaptureShape::Text };
        if !element.attributes_raw().is_empty() {
            capture.read_attributes(element);
        }
        capture
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn into_leaf(self) -> RawLeaf {
        self.leaf
    }

    /// An element inside of the one that is read.
    pub(super) fn open(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name().into_inner();
        match (self.leaf.field, self.shape) {
            (_, CaptureShape::Skipped) => {}
            (RawField::Creator, _) => {
                let is_name = name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("li");
                if is_name && !self.leaf.text.trim().is_empty() && self.shape == CaptureShape::PersonOutside {
                    self.leaf.text.push_str("; ");
                } else if is_name {
                    self.leaf.text.clear();
                }
                self.shape = if is_name { CaptureShape::PersonName } else { CaptureShape::PersonOutside };
            }
            (_, CaptureShape::Markup) => self.push_tag("<", name),
            (_, CaptureShape::Text | CaptureShape::PersonOutside | CaptureShape::PersonName) => {
                self.leaf.text = html_escape::encode_text(&self.leaf.text).into_owned();
                self.leaf.shape = TextShape::Html;
                self.shape = CaptureShape::Markup;
                self.push_tag("<", name);
            }
        }
    }

    fn push_tag(&mut self, start: &str, name: &str) {
        for part in [start, name, ">"] {
            self.leaf.text.push_str(part);
        }
    }

    /// The end of an element inside of the one that is read.
    pub(super) fn close(&mut self, name: &str) {
        match self.shape {
            CaptureShape::PersonName => self.shape = CaptureShape::PersonOutside,
            CaptureShape::Markup => self.push_tag("</", name),
            CaptureShape::Text | CaptureShape::PersonOutside | CaptureShape::Skipped => {}
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        match self.shape {
            CaptureShape::Text | CaptureShape::PersonName => self.leaf.text.push_str(text),
            CaptureShape::Markup => self.leaf.text.push_str(&html_escape::encode_text(text)),
            CaptureShape::PersonOutside | CaptureShape::Skipped => {}
        }
    }

    /// The attributes that are kept, and what they say of the text.
    fn read_attributes(&mut self, element: &BytesStart<'_>) {
        for attribute in element.attributes().with_checks(false).flatten() {
            let value = || decode_entities(&attribute.value).trim().to_owned();
            let kept = match (self.leaf.field, attribute.key.into_inner()) {
                (RawField::Link, "href") | (RawField::Category, "term") => {
                    self.leaf.text = value();
                    self.shape = CaptureShape::Skipped;
                    continue;
                }
                (RawField::Link | RawField::Identifier, "resource" | "rdf:resource") => {
                    self.leaf.text = value();
                    continue;
                }
                (RawField::Title | RawField::Summary | RawField::Content, "type") => {
                    if matches!(&*attribute.value, "text" | "text/plain") {
                        self.leaf.shape = TextShape::Plain;
                    }
                    continue;
                }
                (RawField::Link, "rel") => LeafAttribute::Rel,
                (RawField::Link, "type") => LeafAttribute::MediaType,
                (RawField::Link, "title") => LeafAttribute::Title,
                (RawField::Category, "scheme" | "domain") => LeafAttribute::Scheme,
                (RawField::Guid, "isPermaLink" | "ispermalink") => LeafAttribute::IsPermaLink,
                _ => continue,
            };
            self.leaf.attributes.push((kept, value()));
        }
    }
}

/// The attribute of that name, with any prefix if the name is given without one.
pub(super) fn find_attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().with_checks(false).flatten().find_map(|attribute| {
        let key = attribute.key.into_inner();
        let is_it = key == name || attribute.key.local_name().into_inner() == name;
        is_it.then(|| decode_entities(&attribute.value).trim().to_owned())
    })
}
