//! The vocabularies of feeds. A namespace counts by its address without scheme and closing
//! slash, for both are written in every way; an undeclared one by its customary prefix.

use quick_xml::name::ResolveResult;

/// Whose element it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeedVocabulary {
    /// The feed's own: RSS in an RSS feed, Atom in an Atom feed, and whatever has no prefix.
    Core,
    Atom,
    DublinCore,
    Prism,
    Arxiv,
    Content,
    Syndication,
    Media,
    Rdf,
    Other,
}

impl FeedVocabulary {
    /// The vocabulary that a resolved name belongs to. `prefix` is how the document writes it.
    pub(super) fn from_xml_resolve_result(resolved: &ResolveResult<'_>, prefix: Option<&str>) -> Self {
        let known = match resolved {
            ResolveResult::Bound(namespace) => Self::from_namespace_uri(namespace.as_ref()),
            ResolveResult::Unknown(prefix) => Self::from_prefix(prefix),
            ResolveResult::Unbound => Self::Core,
        };
        match (known, prefix) {
            // `<rss xmlns="https://an.address/of-whatever">` is RSS.
            (Self::Other, None) => Self::Core,
            (known, _) => known,
        }
    }

    fn from_namespace_uri(address: &str) -> Self {
        let bare =
            address.strip_prefix("http://").or_else(|| address.strip_prefix("https://")).unwrap_or(address);
        let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches(['/', '#']);
        match bare {
            ""
            | "purl.org/rss/1.0"
            | "my.netscape.com/rdf/simple/0.9"
            | "channel.netscape.com/rdf/simple/0.9"
            | "backend.userland.com/rss2"
            | "purl.org/net/rss1.1" => Self::Core,
            "w3.org/2005/Atom" | "purl.org/atom/ns" => Self::Atom,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" | "purl.org/dc/terms" => Self::DublinCore,
            "arxiv.org/schemas/atom" => Self::Arxiv,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "search.yahoo.com/mrss" => Self::Media,
            "w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            _ if is_prism_namespace(bare) => Self::Prism,
            _ => Self::Other,
        }
    }

    fn from_prefix(prefix: &str) -> Self {
        match prefix {
            "atom" | "a10" => Self::Atom,
            "dc" | "dcterms" => Self::DublinCore,
            "prism" => Self::Prism,
            "arxiv" => Self::Arxiv,
            "content" => Self::Content,
            "sy" | "syn" => Self::Syndication,
            "media" => Self::Media,
            "rdf" => Self::Rdf,
            "rss" => Self::Core,
            _ => Self::Other,
        }
    }
}

/// PRISM has an address for each of its versions, in two orders, and one that RSS gave it.
fn is_prism_namespace(bare: &str) -> bool {
    bare.starts_with("prismstandard.org/namespaces") || bare.starts_with("purl.org/rss/1.0/modules/prism")
}
