//! What the second pass finds: each item as the document has it, before anybody has an opinion of it.

use std::fmt;

use super::feed_field::FeedField;
use super::html_text::{html_to_text, normalize_plain_text_whitespace, one_line};
use super::namespace::FeedVocabulary;

/// The shape of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedSyntax {
    /// RSS of any version without RDF.
    Rss,
    /// RSS 0.90, 1.0 and 1.1, in RDF.
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed 1 and 1.1.
    Json,
}

impl fmt::Display for FeedSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rss => "RSS",
            Self::Rdf => "RSS 1.0",
            Self::Atom => "Atom",
            Self::Json => "JSON Feed",
        })
    }
}

/// A whole text of an item, with the pictures that are in it. Of a longer one the beginning is read.
const ITEM_TEXT_BYTES_MAX: usize = 1 << 20;

/// One element that is no text: a name, an address, the authors in one line. Large collaborations have three thousand.
const FIELD_BYTES_MAX: usize = 64 << 10;

/// All elements of an item that are no text.
const ITEM_FIELD_BYTES_MAX: usize = 1 << 20;

/// What is said of a feed as a whole.
#[derive(Debug)]
pub(super) struct RawFeedHeader {
    pub(super) format: FeedSyntax,
    pub(super) header: RawItem,
    pub(super) notes: Vec<String>,
    pub(super) gaps: Vec<String>,
}

/// One item, or what is said of the feed as a whole.
#[derive(Debug, Default, Clone)]
pub(super) struct RawItem {
    /// `rdf:about`.
    pub(super) about: Option<String>,
    pub(super) leaves: Vec<RawElement>,
    text_bytes: usize,
    field_bytes: usize,
}

/// One element of an item.
#[derive(Debug, Clone)]
pub(super) struct RawElement {
    pub(super) field: FeedField,
    pub(super) vocabulary: FeedVocabulary,
    pub(super) text: String,
    pub(super) shape: RawTextFormat,
    pub(super) attributes: Vec<(RawElementAttribute, String)>,
}

/// How the text of an element is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawTextFormat {
    /// As it is.
    Plain,
    /// HTML, or text in which tags and entities may be.
    Html,
}

/// The attributes that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawElementAttribute {
    Rel,
    MediaType,
    Scheme,
    Title,
    IsPermaLink,
}

impl RawItem {
    pub(super) fn with_rdf_about(about: Option<String>) -> Self {
        Self { about, ..Self::default() }
    }

    /// How much memory it takes, roughly.
    pub(super) fn estimated_item_memory_bytes(&self) -> usize {
        size_of::<Self>() + self.text_bytes + self.field_bytes + self.leaves.len() * size_of::<RawElement>()
    }

    /// How many bytes of one more element are read.
    pub(super) fn bytes_left_for_field(&self, field: FeedField) -> usize {
        if field.is_prose_field() {
            ITEM_TEXT_BYTES_MAX.saturating_sub(self.text_bytes)
        } else {
            FIELD_BYTES_MAX.min(ITEM_FIELD_BYTES_MAX.saturating_sub(self.field_bytes))
        }
    }

    pub(super) fn push(&mut self, leaf: RawElement) {
        let attributes: usize = leaf.attributes.iter().map(|(_, value)| value.len()).sum();
        let bytes = if leaf.field.is_prose_field() { &mut self.text_bytes } else { &mut self.field_bytes };
        *bytes += leaf.text.len() + attributes;
        self.leaves.push(leaf);
    }

    /// The first text of a field that has one.
    pub(super) fn first_text(&self, field: FeedField) -> Option<&str> {
        self.texts_of_feed_field(field).next()
    }

    /// All texts of a field.
    pub(super) fn texts_of_feed_field(&self, field: FeedField) -> impl Iterator<Item = &str> {
        self.elements_of_field(field).map(|leaf| leaf.text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn elements_of_field(&self, field: FeedField) -> impl Iterator<Item = &RawElement> {
        self.leaves.iter().filter(move |leaf| leaf.field == field)
    }

    /// The first text of a field as one line without markup.
    pub(super) fn first_field_text_as_line(&self, field: FeedField) -> Option<String> {
        self.elements_of_field(field).map(RawElement::one_line).find(|line| !line.is_empty())
    }
}

impl RawElement {
    pub(super) fn attribute(&self, name: RawElementAttribute) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Its text in paragraphs.
    pub(super) fn paragraphs(&self) -> String {
        match self.shape {
            RawTextFormat::Plain => normalize_plain_text_whitespace(&self.text),
            RawTextFormat::Html => html_to_text(&self.text),
        }
    }

    pub(super) fn one_line(&self) -> String {
        match self.shape {
            RawTextFormat::Plain => normalize_plain_text_whitespace(&self.text).replace('\n', " "),
            RawTextFormat::Html => one_line(&self.text),
        }
    }
}
