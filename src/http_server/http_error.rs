//! Why a request does not get what it asks for, and what the client gets instead.

use std::any::Any;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app_state::AppState;
use super::cache_control_headers::{HTML, PLAIN_TEXT, uncacheable_response};
use super::store_reader_pool::StoreReadError;

/// The error of every handler and of everything around them.
#[derive(Debug)]
pub(super) enum HttpError {
    /// The method is neither GET nor HEAD.
    MethodNotAllowed,
    /// Path and query are too long.
    AddressTooLong,
    /// The request has a body.
    UnexpectedBody,
    /// The request is for a host that this server does not know itself by.
    UnknownHost,
    /// There is no such page, topic or paper, as this title says.
    NotFound(&'static str),
    /// The response took too long.
    Timeout,
    /// The store could not be read.
    Store(StoreReadError),
    /// A page's own template could not be filled in.
    Template(anyhow::Error),
    /// A handler panicked, with this message.
    Panic(String),
}

/// What the client gets, a title and a sentence. The cause of a fault is for the log alone.
#[derive(Debug, Clone, Copy)]
struct HttpErrorPageText {
    title: &'static str,
    sentence: &'static str,
}

impl HttpError {
    /// The error of a template, with the template engine's own reason.
    pub(super) fn from_template_error(error: impl Into<anyhow::Error>) -> Self {
        Self::Template(error.into())
    }

    /// The error of a panic that was caught.
    pub(super) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let message = panic.downcast_ref::<&str>().map(|message| (*message).to_owned());
        Self::Panic(message.or_else(|| panic.downcast_ref().cloned()).unwrap_or_default())
    }

    fn status_code(&self) -> StatusCode {
        match self {
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::UnexpectedBody => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Timeout | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) | Self::Panic(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_page_text(&self) -> HttpErrorPageText {
        let (title, sentence) = match self {
            Self::MethodNotAllowed => ("Read only", "There is nothing here to change: GET and HEAD only."),
            Self::AddressTooLong => ("Too long", "This address is longer than any that there is here."),
            Self::UnexpectedBody => ("Read only", "A request that reads has no body."),
            Self::UnknownHost => (
                "Not known by this name",
                "This server is not meant to be reached under the name that was asked for. Add it to `hosts` in [http], if it is.",
            ),
            Self::NotFound(title) => (*title, "The address may be mistyped, or what it names is gone."),
            Self::Timeout => ("Too slow", "This took too long and was given up. Try again in a moment."),
            Self::Store(StoreReadError::Timeout) => {
                ("Not now", "There is too much to do just now. Try again in a moment.")
            }
            Self::Store(StoreReadError::Store(_)) => {
                ("Not now", "The history does not answer just now; the log says why.")
            }
            Self::Template(_) | Self::Panic(_) => ("A mistake of ours", "The log says what is wrong."),
        };
        HttpErrorPageText { title, sentence }
    }

    /// Logs what is the operator's affair. What is wrong with a request is its sender's.
    fn log_server_side_error(&self) {
        match self {
            Self::Store(StoreReadError::Store(error)) => {
                tracing::warn!("a page could not be served: {error:#}");
            }
            Self::Template(error) => {
                tracing::error!("a page's own template cannot be filled in: {error:#}");
            }
            Self::Panic(message) => {
                tracing::error!("a page could not be made, its handler panicked: {message}");
            }
            Self::MethodNotAllowed
            | Self::AddressTooLong
            | Self::UnexpectedBody
            | Self::UnknownHost
            | Self::NotFound(_)
            | Self::Timeout
            | Self::Store(StoreReadError::Timeout) => {}
        }
    }
}

impl From<StoreReadError> for HttpError {
    fn from(error: StoreReadError) -> Self {
        Self::Store(error)
    }
}

/// Plain text, of which [`render_error_page`] makes a page if the client expects one.
impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        self.log_server_side_error();
        let text = self.error_page_text();
        let body = format!("{}: {}\n", text.title, text.sentence);
        let mut response = uncacheable_response(self.status_code(), PLAIN_TEXT, body);
        if matches!(self, Self::MethodNotAllowed) {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response.extensions_mut().insert(text);
        response
    }
}

/// Makes a page of an error that is still plain text. If even that page's template is wrong, the text stays.
pub(super) async fn render_error_page(State(app): State<Arc<AppState>>, mut response: Response) -> Response {
    if let Some(HttpErrorPageText { title, sentence }) = response.extensions_mut().remove()
        && let Ok(page) = app.pages.error_page(title, sentence)
    {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
        *response.body_mut() = page.into();
    }
    response
}
