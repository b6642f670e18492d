//! Why there is no mail.

/// Why there is no mail. No variant says an address.
#[derive(Debug, thiserror::Error)]
pub enum MailRenderError {
    /// A recipient that no server would take.
    #[error(
        "recipient {number} of {of} is not a mail address: write it like ada@example.org, in ASCII letters"
    )]
    Recipient {
        /// Which one, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// A sender that no server would take.
    #[error(
        "`from` is not a mail address: write it like `Paperwire <papers@example.org>`, the address in ASCII letters"
    )]
    Sender,
    /// A setting that is no address to link to.
    #[error("`{key}` is no address to link to: write {wanted}, in ASCII, of at most {bytes_max} bytes")]
    Link {
        /// The setting.
        key: &'static str,
        /// What would be right.
        wanted: &'static str,
        /// How long it may be.
        bytes_max: usize,
    },
    /// A date outside what a mail can say.
    #[error("the digest's date cannot be written in a mail: {0}")]
    Date(jiff::Error),
    /// A paper that alone is more than a mail may weigh.
    #[error("one paper alone needs {needed} bytes of a mail that may have {bytes_max}")]
    TooLarge {
        /// What it needs, with the mail around it.
        needed: usize,
        /// What there is.
        bytes_max: usize,
    },
    /// A mistake in the shipped templates.
    #[error("the mail's own template cannot be filled in: {0}")]
    Template(#[from] minijinja::Error),
}
