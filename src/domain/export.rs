//! What may be kept next to a list.

/// The papers of a list in another form, in a file of its own that is the program's whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExportFormat {
    /// An Atom feed.
    Feed,
    /// A bibliography.
    Bibtex,
    /// One page for a browser.
    HtmlPage,
}

impl ExportFormat {
    /// Every form there is.
    pub const ALL: [Self; 3] = [Self::Feed, Self::Bibtex, Self::HtmlPage];

    /// As the configuration calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Bibtex => "bibtex",
            Self::HtmlPage => "page",
        }
    }

    /// The form that is called so.
    pub fn from_name(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == word)
    }
}
