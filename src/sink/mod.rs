//! Where messages go: each kind of sink has a folder with all that is its own. It knows the keys of a sink's
//! section, a vendor's shapes, limits and pace, sockets, status and reply codes, tokens and certificates. A
//! sink renders a message from values alone; later it takes those bytes, delivers them once, and says what
//! came of it. It must never know when a message is due or tried again, the rest of the configuration, or
//! the store.

mod adapter;
mod config_schema;
pub mod discord;
mod email;
mod endpoint_config;
pub mod http;
mod https_link_parser;
mod keyed_sink_message;
mod mail_address;
mod mail_renderer;
mod maildir;
pub mod ntfy;
mod sink_kind;
mod sink_summary;
pub mod slack;
pub mod smtp;
mod transport;
pub mod webhook;

pub use adapter::SinkAdapter;
pub(crate) use config_schema::SinkConfigContext;
pub use config_schema::SinkConfigKeys;
pub use email::{EmailConfig, SmtpLoginConfig};
pub use endpoint_config::EndpointConfig;
pub use http::HttpSink;
pub use keyed_sink_message::{MessageKeys, SinkMessage};
pub use mail_address::MailAddress;
pub use maildir::{Maildir, MaildirConfig};
pub use sink_kind::SinkKindConfig;
pub(crate) use sink_kind::{SINK_KIND_DEFINITIONS, SinkKindDefinition};
pub use sink_summary::SinkDestinationSummary;
pub use smtp::SmtpSink;
pub use transport::Transport;

/// Says after a broken conversation that a message may have arrived all the same.
const MAYBE_THERE: &str = "the message may have arrived all the same";
