//! What an answer that is no success means.

use super::ForgeError;
use super::reply::ForgeReply;

/// What a vendor's own rules make of an answer that is no success; none if they say nothing about it.
pub(super) type VendorErrorClassifier = fn(&FailedReply<'_>) -> Option<ForgeError>;

/// Why a forge did not do what it was asked: by its vendor's own rules, else by its status.
pub(super) fn classify_forge_error(
    vendor: &'static str,
    own: VendorErrorClassifier,
    reply: &ForgeReply,
) -> ForgeError {
    let failed = FailedReply { vendor, reply, messages: reply.api_error_messages() };
    if failed.is_rate_limit() {
        let until = reply.retry_at();
        let words = failed.describe(&format!("we asked too much; again from {until}"));
        return ForgeError::RateLimited { until, words };
    }
    own(&failed).unwrap_or_else(|| classify_by_status(&failed))
}

/// An answer that is no success, with what it says.
#[derive(Debug)]
pub(super) struct FailedReply<'r> {
    vendor: &'static str,
    pub(super) reply: &'r ForgeReply,
    messages: Vec<String>,
}

impl FailedReply<'_> {
    /// What it says, in its own words.
    pub(super) fn messages(&self) -> &[String] {
        &self.messages
    }

    /// Whether it says this, in whatever case.
    pub(super) fn has_error_message_with_words(&self, words: &str) -> bool {
        self.messages.iter().any(|text| text.to_ascii_lowercase().contains(words))
    }

    /// GitHub says with 403 what others say with 429, and not every time with a header. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>.
    fn is_rate_limit(&self) -> bool {
        let is_limited = || {
            self.reply.rate_limited_until.is_some()
                || self.has_error_message_with_words("rate limit")
                || self.has_error_message_with_words("abuse detection")
        };
        self.reply.status == 429 || (self.reply.status == 403 && is_limited())
    }

    /// The whole story: what was answered, and what it means.
    pub(super) fn describe(&self, meaning: &str) -> String {
        format!("{} answered {}: {meaning}", self.vendor, self.reply.describe_status())
    }

    /// The story of a permission that is missing.
    pub(super) fn missing_permission_error(&self, missing: &str) -> ForgeError {
        let words = self.describe(&format!("the token lacks \"{missing}\""));
        ForgeError::MissingPermission { missing: missing.to_owned(), words }
    }
}

fn classify_by_status(answered: &FailedReply<'_>) -> ForgeError {
    match answered.reply.status {
        300..=399 => ForgeError::NoAccess(answered.describe(
            "the repository has moved, or api is wrong; redirects are not followed: name where it is now",
        )),
        401 => ForgeError::NoAccess(answered.describe("the token is wrong, withdrawn or has expired")),
        404 => ForgeError::NoAccess(
            answered.describe("there is no such repository, or the token may not see it"),
        ),
        403 => ForgeError::NoAccess(answered.describe("it may not be done with this token")),
        408 | 421 | 425 | 500..=599 => ForgeError::Transient(answered.describe("it is out of order")),
        _ => ForgeError::Rejected(answered.describe("it will not do this")),
    }
}
