//! Topics that a command line names.

use anyhow::Result;

use super::usage_error::UsageError;
use crate::config::Config;

/// An error if one of these is no topic's name.
pub(super) fn require_known_topics(config: &Config, named: &[String]) -> Result<()> {
    let known = || config.topics.iter().map(|topic| topic.name.as_str());
    match named.iter().find(|name| !known().any(|known| known == name.as_str())) {
        Some(unknown) => Err(UsageError::unknown_name_error("topic", unknown, known()).into()),
        None => Ok(()),
    }
}
