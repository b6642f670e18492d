//! A topic's feeds: the same papers for feed readers, for a Markdown file, and for a bibliography.

use axum::http::HeaderMap;
use axum::response::Response;

use super::House;
use super::answer::{kept_feed, unread};
use crate::domain::Column;
use crate::render::feed::{Feed, atom, bibtex, json_feed};
use crate::render::{Row, table};

/// Entries of a feed: more than any reader misses between two looks.
const ENTRIES_MAX: u32 = 100;

/// Rows of the table, as a list has by default.
const ROWS_MAX: u32 = 200;

/// Works of the bibliography.
const WORKS_MAX: u32 = 1_000;

/// The form of a feed, as the ending of its address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Atom,
    Json,
    Markdown,
    Bibtex,
}

const FORMS: [(&str, Form); 4] =
    [(".atom", Form::Atom), (".json", Form::Json), (".md", Form::Markdown), (".bib", Form::Bibtex)];

impl Form {
    fn papers_max(self) -> u32 {
        match self {
            Self::Atom | Self::Json => ENTRIES_MAX,
            Self::Markdown => ROWS_MAX,
            Self::Bibtex => WORKS_MAX,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
        }
    }
}

/// The topic and the form that a name with its ending means.
pub(super) fn named(name: &str) -> Option<(String, Form)> {
    FORMS.iter().find_map(|(ending, form)| Some((name.strip_suffix(ending)?.to_owned(), *form)))
}

pub(super) async fn feed(
    house: &House,
    topic: String,
    form: Form,
    path: &str,
    asked: &HeaderMap,
) -> Response {
    let code_hosts = house.settings.code_hosts.clone();
    let read = move |reader: &crate::store::Reader| {
        let papers = || reader.latest(&topic, form.papers_max());
        let entries = || reader.latest_entries(&topic, form.papers_max());
        Ok(match form {
            Form::Atom => atom(&Feed { title: &topic, entries: &entries()? }),
            Form::Json => json_feed(&Feed { title: &topic, entries: &entries()? }),
            Form::Bibtex => bibtex(&papers()?),
            Form::Markdown => {
                let rows: Vec<Row> = papers()?.into_iter().map(|paper| Row::of(paper, &code_hosts)).collect();
                table(&topic, &Column::USUAL, &rows)
            }
        })
    };
    match house.readers.read(read).await {
        Ok(body) => kept_feed(house, asked, path, form.media_type(), body),
        Err(error) => unread(house, &error),
    }
}
