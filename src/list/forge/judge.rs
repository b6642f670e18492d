//! What an answer that is no success means.

use super::reply::Reply;
use super::{Kind, Refusal, gitea, github, gitlab};

/// Why a forge did not do what it was asked: by its own rules, else by its status.
pub(super) fn refusal(kind: Kind, reply: &Reply) -> Refusal {
    let said = reply.said();
    if is_limit(reply, &said) {
        let words = format!(
            "{} answered {}: we asked too much; again from {}",
            kind.name(),
            reply.told(),
            reply.until()
        );
        return Refusal::Limited { until: reply.until(), words };
    }
    let answered = Answered { kind, reply, said };
    let own = match kind {
        Kind::GitHub => github::refusal(&answered),
        Kind::Gitea => gitea::refusal(&answered),
        Kind::GitLab => gitlab::refusal(&answered),
    };
    own.unwrap_or_else(|| by_status(&answered))
}

/// An answer that is no success, with what it says.
#[derive(Debug)]
pub(super) struct Answered<'r> {
    kind: Kind,
    pub(super) reply: &'r Reply,
    said: Vec<String>,
}

impl Answered<'_> {
    /// Whether it says this, in whatever case.
    pub(super) fn says(&self, words: &str) -> bool {
        says(&self.said, words)
    }

    /// The whole story: what was answered, and what it means.
    pub(super) fn words(&self, meaning: &str) -> String {
        format!("{} answered {}: {meaning}", self.kind.name(), self.reply.told())
    }

    /// The story of a permission that is missing.
    pub(super) fn permission(&self, missing: &str) -> Refusal {
        let words = self.words(&format!("the token lacks \"{missing}\""));
        Refusal::Permission { missing: missing.to_owned(), words }
    }
}

/// GitHub says with 403 what others say with 429, and not every time with a header. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>.
fn is_limit(reply: &Reply, said: &[String]) -> bool {
    let limit = || reply.closed_until.is_some() || says(said, "rate limit") || says(said, "abuse detection");
    reply.status == 429 || (reply.status == 403 && limit())
}

fn says(said: &[String], words: &str) -> bool {
    said.iter().any(|text| text.to_ascii_lowercase().contains(words))
}

fn by_status(answered: &Answered<'_>) -> Refusal {
    match answered.reply.status {
        300..=399 => Refusal::NoAccess(answered.words(
            "the repository has moved, or api is wrong; redirects are not followed: name where it is now",
        )),
        401 => Refusal::NoAccess(answered.words("the token is wrong, withdrawn or has expired")),
        404 => Refusal::NoAccess(answered.words("there is no such repository, or the token may not see it")),
        403 => Refusal::NoAccess(answered.words("it may not be done with this token")),
        408 | 421 | 425 | 500..=599 => Refusal::Passing(answered.words("it is out of order")),
        _ => Refusal::Refused(answered.words("it will not do this")),
    }
}
