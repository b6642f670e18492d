//! What may be kept beside a list.

/// The papers of a list in another form, in a file of its own that is the program's whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beside {
    /// An Atom feed.
    Feed,
    /// A bibliography.
    Bibtex,
    /// One page for a browser.
    Page,
}

impl Beside {
    /// Every form there is.
    pub const ALL: [Self; 3] = [Self::Feed, Self::Bibtex, Self::Page];

    /// As the configuration calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Bibtex => "bibtex",
            Self::Page => "page",
        }
    }

    /// The form that is called so.
    pub fn called(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }
}
