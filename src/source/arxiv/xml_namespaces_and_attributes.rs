//! One start tag: its name with the namespace behind its prefix, and its attributes, checked.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::name::{Namespace, ResolveResult};

use super::body_detection::broken_xml_error;
use super::clean_text::sanitize_line;
use crate::domain::FetchError;
use crate::source::xml_repair::decode_entities;

/// arXiv's own elements have five at most.
const ATTRIBUTES_MAX: usize = 64;

/// A name in a message; arXiv's own longest has 16 characters.
const NAME_CHARS: usize = 40;

/// The namespaces of arXiv's answers. A prefix may be any, and may be bound on the root or on each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArxivXmlNamespace {
    /// <http://www.w3.org/2005/Atom>
    Atom,
    /// <http://arxiv.org/schemas/atom>
    Arxiv,
    /// <http://a9.com/-/spec/opensearch/1.1/>
    OpenSearch,
    /// None, or another.
    Foreign,
}

/// The attributes that some element of arXiv's is read for.
#[derive(Debug, Default)]
pub(super) struct ArxivElementAttributes<'a> {
    pub(super) term: Option<Cow<'a, str>>,
    pub(super) href: Option<Cow<'a, str>>,
    pub(super) rel: Option<Cow<'a, str>>,
    pub(super) media_type: Option<Cow<'a, str>>,
    pub(super) title: Option<Cow<'a, str>>,
}

impl ArxivXmlNamespace {
    pub(super) fn from_xml_resolve_result(resolved: &ResolveResult<'_>) -> Result<Self, FetchError> {
        match resolved {
            ResolveResult::Bound(Namespace("http://www.w3.org/2005/Atom")) => Ok(Self::Atom),
            ResolveResult::Bound(Namespace("http://arxiv.org/schemas/atom")) => Ok(Self::Arxiv),
            ResolveResult::Bound(Namespace("http://a9.com/-/spec/opensearch/1.1/")) => Ok(Self::OpenSearch),
            ResolveResult::Bound(_) | ResolveResult::Unbound => Ok(Self::Foreign),
            ResolveResult::Unknown(prefix) => Err(broken_xml_error(format!(
                "the XML binds the prefix `{}` to nothing",
                sanitize_line(prefix, NAME_CHARS)
            ))),
        }
    }
}

impl<'a> ArxivElementAttributes<'a> {
    /// Reads all of them, also those that nobody wants: one that is broken breaks the document. Entities that XML does not
    /// know are what HTML has, and a bare `&` is one.
    pub(super) fn read(element: &'a BytesStart<'_>) -> Result<Self, FetchError> {
        let mut read = Self::default();
        for (count, attribute) in element.attributes().enumerate() {
            if count == ATTRIBUTES_MAX {
                return Err(broken_xml_error(format!(
                    "an element <{}> has more than {ATTRIBUTES_MAX} attributes",
                    element_name(element)
                )));
            }
            let wrong =
                || broken_xml_error(format!("the XML has a broken attribute in <{}>", element_name(element)));
            let attribute = attribute.map_err(|_| wrong())?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .unwrap_or_else(|_| Cow::Owned(decode_entities(&attribute.value).into_owned()));
            if attribute.value.contains('<') {
                return Err(wrong());
            }
            match attribute.key.0 {
                "term" => read.term = Some(value),
                "href" => read.href = Some(value),
                "rel" => read.rel = Some(value),
                "type" => read.media_type = Some(value),
                "title" => read.title = Some(value),
                _ => {}
            }
        }
        Ok(read)
    }

    /// How many bytes those have that are read.
    pub(super) fn byte_count(&self) -> usize {
        let read = [&self.term, &self.href, &self.rel, &self.media_type, &self.title];
        read.into_iter().flatten().map(|value| value.len()).sum()
    }
}

/// The element's name as a message may have it.
pub(super) fn element_name(element: &BytesStart<'_>) -> String {
    sanitize_line(element.name().0, NAME_CHARS)
}
