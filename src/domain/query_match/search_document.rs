//! A paper made ready to be compared with queries.

use jiff::Timestamp;

use super::super::ArxivId;
use super::super::text_analysis::Analyzer;
use super::author_text::{IndexedAuthorNames, NameParts, is_group_name};
use super::category_text::add_category_to_index;
use super::indexed_text::IndexedText;
use super::searchable_paper_fields::SearchablePaperFields;
use super::term_match_result::SearchedField;

/// A paper's fields as arXiv's index has them. Source: `mappings/DocumentMapping.json`, and
/// `search/process/transform.py` for what is made from the names.
#[derive(Debug)]
pub struct SearchDocument {
    pub(super) title: StemmedText,
    pub(super) abstract_: StemmedText,
    pub(super) comment: IndexedText,
    pub(super) journal_ref: IndexedText,
    pub(super) report_number: IndexedText,
    pub(super) authors: Vec<IndexedAuthorNames>,
    /// All names in both forms: `authors_combined`.
    pub(super) all_authors: IndexedText,
    /// All fields: `combined`.
    pub(super) combined: IndexedText,
    /// Each category by its identifiers and names.
    pub(super) subjects: Vec<IndexedText>,
    /// Each category in lower case, the primary one among them.
    pub(super) categories: Vec<String>,
    /// Each class in lower case.
    pub(super) subject_classes: Vec<String>,
    /// arXiv's identifier without and with its version.
    pub(super) ids: Vec<String>,
    pub(super) dois: Vec<String>,
    pub(super) published: Option<Timestamp>,
    /// The month in which the paper was announced.
    pub(super) announced: Option<YearAndMonth>,
}

/// The title or the abstract.
#[derive(Debug)]
pub(super) struct StemmedText {
    pub(super) words: IndexedText,
    pub(super) stems: IndexedText,
    pub(super) formulas: IndexedText,
}

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct YearAndMonth {
    pub(super) year: u16,
    pub(super) month: u16,
}

impl SearchDocument {
    /// Breaks all fields into their words, once for any number of queries.
    pub fn new(fields: &SearchablePaperFields<'_>) -> Self {
        let simple = |field, text: Option<&str>| {
            IndexedText::index_field_value(Analyzer::Simple, field, text.unwrap_or_default())
        };
        let names = name_parts(&fields.authors);
        let ids = fields.id.iter().flat_map(|id| {
            let versioned = fields.version.map(|version| format!("{id}{version}"));
            [Some(id.to_string()), versioned].into_iter().flatten()
        });
        Self {
            title: StemmedText::new(SearchedField::Title, fields.title),
            abstract_: StemmedText::new(SearchedField::Abstract, fields.abstract_),
            comment: simple(SearchedField::Comment, fields.comment),
            journal_ref: simple(SearchedField::JournalRef, fields.journal_ref),
            report_number: simple(SearchedField::ReportNumber, fields.report_number),
            authors: build_author_indexes(fields, &names),
            all_authors: index_author_names(IndexedText::new(Analyzer::AuthorName), fields, &names)
                .sort_tokens_for_lookup(),
            combined: combined_text_of_all_fields(fields, &names),
            subjects: indexed_category_texts(fields),
            categories: fields.categories.iter().map(|category| category.to_lowercase()).collect(),
            subject_classes: fields.subject_classes.iter().map(|class| class.to_lowercase()).collect(),
            ids: ids.collect(),
            dois: fields.dois.iter().map(|doi| (*doi).to_owned()).collect(),
            published: fields.published,
            announced: fields.id.as_ref().and_then(announcement_month),
        }
    }
}

impl StemmedText {
    fn new(field: SearchedField, text: &str) -> Self {
        Self {
            words: IndexedText::index_field_value(Analyzer::Standard, field, text),
            stems: IndexedText::index_field_value(Analyzer::English, field, text),
            formulas: IndexedText::index_field_value(Analyzer::Tex, field, text),
        }
    }
}

/// Each author's name in its parts. Groups are looked for in front of all persons only.
fn name_parts<'a>(names: &[&'a str]) -> Vec<NameParts<'a>> {
    let groups = names.iter().take_while(|name| is_group_name(name)).count();
    let parts = names.iter().enumerate().map(|(number, name)| {
        if number < groups { NameParts::from_group_name(name) } else { NameParts::from_person_name(name) }
    });
    parts.collect()
}

fn build_author_indexes(
    fields: &SearchablePaperFields<'_>,
    names: &[NameParts<'_>],
) -> Vec<IndexedAuthorNames> {
    let authors = fields.authors.iter().zip(names).enumerate();
    authors
        .map(|(number, (name, parts))| IndexedAuthorNames::new(SearchedField::Author(number), name, parts))
        .collect()
}

/// Adds what is copied to `authors_combined`: the names in both forms, and the submitter's.
fn index_author_names(
    mut text: IndexedText,
    fields: &SearchablePaperFields<'_>,
    names: &[NameParts<'_>],
) -> IndexedText {
    for (number, (name, parts)) in fields.authors.iter().zip(names).enumerate() {
        let field = SearchedField::Author(number);
        text = text.append_field_text_tokens(field, parts.full).with_tokens_of_derived_text(
            field,
            &parts.with_initials(),
            name.len(),
        );
    }
    match fields.submitter {
        Some(submitter) => text.append_field_text_tokens(SearchedField::Submitter, submitter),
        None => text,
    }
}

/// Everything that is copied to `combined`. The parts of a name are in the whole name, which has every phrase that they
/// have.
fn combined_text_of_all_fields(fields: &SearchablePaperFields<'_>, names: &[NameParts<'_>]) -> IndexedText {
    let mut text = IndexedText::new(Analyzer::Combined)
        .append_field_text_tokens(SearchedField::Title, fields.title)
        .append_field_text_tokens(SearchedField::Abstract, fields.abstract_);
    let single = [
        (SearchedField::Comment, fields.comment),
        (SearchedField::JournalRef, fields.journal_ref),
        (SearchedField::ReportNumber, fields.report_number),
        (SearchedField::Id, fields.id.as_ref().map(ArxivId::as_str)),
    ];
    for (field, value) in single {
        text = text.append_field_text_tokens(field, value.unwrap_or_default());
    }
    text = index_author_names(text, fields, names);
    for (number, category) in fields.categories.iter().enumerate() {
        text = add_category_to_index(text, SearchedField::Category(number), category);
    }
    text = append_field_values(text, SearchedField::Affiliation, &fields.affiliations);
    text = append_field_values(text, SearchedField::SubjectClass, &fields.subject_classes);
    append_field_values(text, SearchedField::Doi, &fields.dois).sort_tokens_for_lookup()
}

fn append_field_values(
    text: IndexedText,
    field: impl Fn(usize) -> SearchedField,
    values: &[&str],
) -> IndexedText {
    values
        .iter()
        .enumerate()
        .fold(text, |text, (number, value)| text.append_field_text_tokens(field(number), value))
}

fn indexed_category_texts(fields: &SearchablePaperFields<'_>) -> Vec<IndexedText> {
    let categories = fields.categories.iter().enumerate();
    let subject = |(number, category): (usize, &&str)| {
        add_category_to_index(IndexedText::new(Analyzer::Simple), SearchedField::Category(number), category)
            .sort_tokens_for_lookup()
    };
    categories.map(subject).collect()
}

/// The month in which a paper was first announced, as its identifier says it: `2503.20246`, `hep-ex/0307015`. Source:
/// <https://info.arxiv.org/help/arxiv_identifier.html>; arXiv's centuries as in `parse_date_partial` in `util.py`.
fn announcement_month(id: &ArxivId) -> Option<YearAndMonth> {
    let number = id.as_str().rsplit('/').next()?;
    YearAndMonth::from_yymm(number.get(..4)?)
}

impl YearAndMonth {
    /// The month that `YYMM` is, if it is one.
    pub(super) fn from_yymm(digits: &str) -> Option<Self> {
        let digits =
            Some(digits).filter(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))?;
        let number: u16 = digits.parse().ok()?;
        let (year, month) = (number / 100, number % 100);
        let year = if year >= 91 { 1900 + year } else { 2000 + year };
        (1..=12).contains(&month).then_some(Self { year, month })
    }
}
