//! What the elements of an item say, by the names that the vocabularies give them.

use super::namespace::FeedVocabulary;

/// What an element of an item says, whatever its name is in its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeedField {
    Title,
    Link,
    Guid,
    Creator,
    Category,
    Content,
    Summary,
    MediaDescription,
    Published,
    Updated,
    PublicationDate,
    Doi,
    Identifier,
    JournalName,
    Volume,
    Number,
    FirstPage,
    LastPage,
    PageRange,
    Section,
    WorkType,
    AnnounceType,
    JournalReference,
    Language,
    Ttl,
    UpdatePeriod,
    UpdateFrequency,
}

impl FeedField {
    /// Whether it is prose, of any length.
    pub(super) fn is_prose_field(self) -> bool {
        matches!(self, Self::Content | Self::Summary | Self::MediaDescription)
    }

    /// What an element of an item, or of the feed itself, says; None if it says nothing that is kept. The name is in lower
    /// case.
    pub(super) fn from_element(vocabulary: FeedVocabulary, name: &str) -> Option<Self> {
        match vocabulary {
            FeedVocabulary::Core | FeedVocabulary::Atom => Self::from_core(name),
            FeedVocabulary::DublinCore => Self::from_dublin_core(name),
            FeedVocabulary::Prism => Self::from_prism_element_name(name),
            FeedVocabulary::Arxiv => match name {
                "announce_type" => Some(Self::AnnounceType),
                "doi" => Some(Self::Doi),
                "journal_reference" | "journal_ref" => Some(Self::JournalReference),
                _ => None,
            },
            FeedVocabulary::Content => (name == "encoded").then_some(Self::Content),
            FeedVocabulary::Syndication => match name {
                "updateperiod" => Some(Self::UpdatePeriod),
                "updatefrequency" => Some(Self::UpdateFrequency),
                _ => None,
            },
            FeedVocabulary::Media => (name == "description").then_some(Self::MediaDescription),
            FeedVocabulary::Rdf | FeedVocabulary::Other => None,
        }
    }

    fn from_core(name: &str) -> Option<Self> {
        Some(match name {
            "title" => Self::Title,
            "link" => Self::Link,
            "guid" | "id" => Self::Guid,
            // IEEE Xplore writes `authors`.
            "author" | "authors" => Self::Creator,
            "category" => Self::Category,
            "content" => Self::Content,
            "description" | "summary" => Self::Summary,
            "pubdate" | "published" | "issued" | "created" => Self::Published,
            "updated" | "modified" | "lastbuilddate" => Self::Updated,
            "doi" => Self::Doi,
            "language" => Self::Language,
            "ttl" => Self::Ttl,
            "volume" => Self::Volume,
            "issue" => Self::Number,
            "startpage" => Self::FirstPage,
            "endpage" => Self::LastPage,
            _ => return None,
        })
    }

    fn from_dublin_core(name: &str) -> Option<Self> {
        Some(match name {
            "title" => Self::Title,
            "creator" => Self::Creator,
            "subject" => Self::Category,
            "description" | "abstract" => Self::Summary,
            "date" | "issued" | "created" | "available" => Self::Published,
            "modified" => Self::Updated,
            "identifier" => Self::Identifier,
            "doi" => Self::Doi,
            "type" => Self::WorkType,
            "language" => Self::Language,
            _ => return None,
        })
    }

    fn from_prism_element_name(name: &str) -> Option<Self> {
        Some(match name {
            "doi" => Self::Doi,
            "url" => Self::Identifier,
            "publicationname" => Self::JournalName,
            "volume" => Self::Volume,
            "number" => Self::Number,
            "startingpage" => Self::FirstPage,
            "endingpage" => Self::LastPage,
            "pagerange" => Self::PageRange,
            "section" => Self::Section,
            "publicationdate" | "coverdate" => Self::PublicationDate,
            "teaser" => Self::Summary,
            "genre" | "contenttype" => Self::WorkType,
            _ => return None,
        })
    }
}
