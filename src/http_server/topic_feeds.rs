//! A topic's feeds: the same papers for feed readers, for a Markdown file, and for a bibliography.

use axum::response::Response;

use super::app_state::AppState;
use super::cache_control_headers::cacheable_feed;
use super::http_error::HttpError;
use crate::domain::Column;
use crate::render::feed::{PublishedFeed, json_feed, render_atom_feed, render_bibtex_entries};
use crate::render::{TableRow, render_table};

/// Entries of a feed: more than any reader misses between two looks.
const ENTRIES_MAX: u32 = 100;

/// Rows of the table, as a list has by default.
const ROWS_MAX: u32 = 200;

/// Works of the bibliography.
const WORKS_MAX: u32 = 1_000;

/// The form of a feed, as the ending of its address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServedFeedFormat {
    Atom,
    Json,
    Markdown,
    Bibtex,
}

const FORMS: [(&str, ServedFeedFormat); 4] = [
    (".atom", ServedFeedFormat::Atom),
    (".json", ServedFeedFormat::Json),
    (".md", ServedFeedFormat::Markdown),
    (".bib", ServedFeedFormat::Bibtex),
];

impl ServedFeedFormat {
    fn served_papers_max(self) -> u32 {
        match self {
            Self::Atom | Self::Json => ENTRIES_MAX,
            Self::Markdown => ROWS_MAX,
            Self::Bibtex => WORKS_MAX,
        }
    }

    fn content_type_header(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
        }
    }
}

/// The topic and the form that a name with its ending means.
pub(super) fn parse_served_feed_file_name(name: &str) -> Option<(String, ServedFeedFormat)> {
    FORMS.iter().find_map(|(ending, form)| Some((name.strip_suffix(ending)?.to_owned(), *form)))
}

pub(super) async fn serve_topic_feed(
    app: &AppState,
    topic: String,
    form: ServedFeedFormat,
    path: &str,
) -> Result<Response, HttpError> {
    let code_hosts = app.settings.code_hosts.clone();
    let read = move |reader: &crate::store::StoreReader| {
        let papers = || reader.latest_papers(&topic, form.served_papers_max());
        let entries = || reader.latest_feed_entries(&topic, form.served_papers_max());
        Ok(match form {
            ServedFeedFormat::Atom => {
                render_atom_feed(&PublishedFeed { title: &topic, entries: &entries()? })
            }
            ServedFeedFormat::Json => json_feed(&PublishedFeed { title: &topic, entries: &entries()? }),
            ServedFeedFormat::Bibtex => render_bibtex_entries(&papers()?),
            ServedFeedFormat::Markdown => {
                let rows: Vec<TableRow> =
                    papers()?.into_iter().map(|paper| TableRow::from_paper(paper, &code_hosts)).collect();
                render_table(&topic, &Column::USUAL, &rows)
            }
        })
    };
    let body = app.readers.read(read).await?;
    Ok(cacheable_feed(app, path, form.content_type_header(), body))
}
