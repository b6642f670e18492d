//! What is the same on all mails of one sink.

/// How the mails of one sink are signed and what they point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRenderSettings {
    /// The sender: `Paperwire <papers@example.org>`, or the bare address.
    pub from: String,
    /// The https address of the Markdown list, if there is one to look at.
    pub list: Option<String>,
    /// Where a reader leaves the list.
    pub unsubscribe: Option<UnsubscribeLink>,
    /// The store's own random id; with the digest it makes the Message-ID.
    pub store_id: String,
}

/// Where a reader leaves the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsubscribeLink {
    /// An `https:` address that answers RFC 8058's one-click POST.
    Https(String),
    /// A `mailto:` address.
    Mailto(String),
}

impl UnsubscribeLink {
    /// The address, whichever it is.
    pub(super) fn unsubscribe_uri(&self) -> &str {
        match self {
            Self::Https(address) | Self::Mailto(address) => address,
        }
    }
}
