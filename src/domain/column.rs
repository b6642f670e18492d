//! The columns that a table of papers may have.

/// One column. Its name is what the header shows and what a list's configuration calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The title, leading to the paper.
    Title,
    /// The day of the latest version, UTC.
    Date,
    /// The abstract, folded.
    Abstract,
    /// The authors' comment, folded if it is long.
    Comment,
    /// The link to the code.
    CodeRepository,
    /// The first authors, and how many more there are.
    Authors,
    /// The primary category.
    Category,
    /// The day of the first version, UTC.
    Published,
    /// The link to the PDF.
    Pdf,
}

impl Column {
    /// Every column there is.
    pub const ALL: [Self; 9] = [
        Self::Title,
        Self::Date,
        Self::Abstract,
        Self::Comment,
        Self::CodeRepository,
        Self::Authors,
        Self::Category,
        Self::Published,
        Self::Pdf,
    ];

    /// The columns of a list whose configuration names none.
    pub const USUAL: [Self; 5] =
        [Self::Title, Self::Date, Self::Abstract, Self::Comment, Self::CodeRepository];

    /// The column's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Date => "Date",
            Self::Abstract => "Abstract",
            Self::Comment => "Comment",
            Self::CodeRepository => "CodeRepository",
            Self::Authors => "Authors",
            Self::Category => "Category",
            Self::Published => "Published",
            Self::Pdf => "Pdf",
        }
    }
}
