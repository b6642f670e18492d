//! The sections `[[sink]]`: where messages go.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::email::{self, Email, Maildir};
use super::mistake::{Mistakes, Wrong};
use super::nearest::one_of;
use super::secret::{self, SecretFrom};
use super::section::{Kind, Section, printable};
use super::{path, value};

/// The keys of `[[sink]]`, whatever its kind.
pub(super) const KIND: Kind = Kind {
    title: "[[sink]]",
    keys: &[
        "name",
        "kind",
        "url_file",
        "url_env",
        "secret_file",
        "secret_env",
        "allow_private",
        "server",
        "user",
        "password_file",
        "password_env",
        "from",
        "to",
        "list",
        "unsubscribe",
        "path",
        "ca_file",
    ],
    secrets: &[
        ("url", "url"),
        ("webhook", "url"),
        ("webhook_url", "url"),
        ("password", "password"),
        ("pass", "password"),
        ("secret", "secret"),
        ("token", "secret"),
    ],
};

/// Each kind of sink, as it is written.
const WORDS: [(&str, Word); 5] = [
    ("email", Word::Email),
    ("maildir", Word::Maildir),
    ("slack", Word::Slack),
    ("discord", Word::Discord),
    ("webhook", Word::Webhook),
];

/// One configured destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    /// Its identity.
    pub name: String,
    /// What it is, and how it is reached.
    pub kind: SinkKind,
}

/// What a sink is, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKind {
    /// A mail server.
    Email(Email),
    /// A folder of mail.
    Maildir(Maildir),
    /// An incoming webhook of Slack.
    Slack(Hook),
    /// A webhook of a Discord channel.
    Discord(Hook),
    /// Anybody's receiver, by Standard Webhooks.
    Webhook(Webhook),
}

/// A receiver that messages are posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Where its address is: who has it can write there.
    pub url: SecretFrom,
    /// Whether it may be on the loopback or in a private network.
    pub allow_private: bool,
    /// Certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// A receiver that can tell our messages from others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// How it is reached.
    pub hook: Hook,
    /// Where the `whsec_…` is that messages are signed with; none where they are not.
    pub secret: Option<SecretFrom>,
}

/// The sinks of a file, and their names: also of a sink with another mistake, so that who speaks of it is
/// not blamed for that.
#[derive(Debug)]
pub(super) struct Sinks {
    pub(super) sinks: Vec<Sink>,
    pub(super) names: Vec<String>,
}

/// What the sinks of a file are checked against.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The config's folder.
    pub(super) folder: &'a Path,
    /// The identities of the files that no mail may be put into, each with what it is.
    pub(super) taken: Vec<(&'static str, PathBuf)>,
}

/// A kind of sink, before its keys are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Email,
    Maildir,
    Slack,
    Discord,
    Webhook,
}

impl SinkKind {
    /// As the config writes it: `email`, `slack`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Maildir(_) => "maildir",
            Self::Slack(_) => "slack",
            Self::Discord(_) => "discord",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Each secret that it needs: what it is, and where.
    pub fn secrets(&self) -> Vec<(&'static str, &SecretFrom)> {
        match self {
            Self::Email(email) => email.login.iter().map(|login| ("password", &login.password)).collect(),
            Self::Maildir(_) => Vec::new(),
            Self::Slack(hook) | Self::Discord(hook) => vec![("url", &hook.url)],
            Self::Webhook(webhook) => std::iter::once(("url", &webhook.hook.url))
                .chain(webhook.secret.iter().map(|secret| ("secret", secret)))
                .collect(),
        }
    }
}

impl Word {
    /// The keys that such a sink has beside its name and kind.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Email => &[
                "server",
                "user",
                "password_file",
                "password_env",
                "from",
                "to",
                "list",
                "unsubscribe",
                "ca_file",
            ],
            Self::Maildir => &["path", "from", "to"],
            Self::Slack | Self::Discord => &["url_file", "url_env", "allow_private", "ca_file"],
            Self::Webhook => {
                &["url_file", "url_env", "secret_file", "secret_env", "allow_private", "ca_file"]
            }
        }
    }
}

pub(super) fn read(sections: &[Section], around: &Around, mistakes: &mut Mistakes) -> Sinks {
    let mut names = Vec::new();
    let mut seen = HashMap::new();
    let sinks = sections
        .iter()
        .filter_map(|section| {
            let name = name(section, &mut seen, mistakes);
            names.extend(name.clone());
            let kind = kind(section, around, mistakes);
            Some(Sink { name: name?, kind: kind? })
        })
        .collect();
    Sinks { sinks, names }
}

fn name(section: &Section, seen: &mut HashMap<String, String>, mistakes: &mut Mistakes) -> Option<String> {
    let right = "what its subscriptions and commands call it, as in name = \"lab\"";
    let name = section.required("name", right, value::command_name, mistakes)?.into_inner();
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another sink is named \"{}\" already", printable(&earlier));
        let wrong = Wrong::new(words, "a name of its own, not only in capitals: it is the sink's identity");
        mistakes.add(section.place("name"), &section.whose("name"), wrong);
    }
    Some(name)
}

fn kind(section: &Section, around: &Around, mistakes: &mut Mistakes) -> Option<SinkKind> {
    let right = "one of \"email\", \"maildir\", \"slack\", \"discord\", \"webhook\"";
    let word = section.required("kind", right, |text| one_of(text, &WORDS), mistakes)?.into_inner();
    refuse_unfit(section, word, mistakes);
    let folder = around.folder;
    Some(match word {
        Word::Email => SinkKind::Email(email::email(section, folder, mistakes)?),
        Word::Maildir => SinkKind::Maildir(maildir(section, around, mistakes)?),
        Word::Slack => SinkKind::Slack(hook(section, folder, mistakes)?),
        Word::Discord => SinkKind::Discord(hook(section, folder, mistakes)?),
        Word::Webhook => {
            let secret = secret::given(section, secret::SIGNING, folder, mistakes);
            SinkKind::Webhook(Webhook { hook: hook(section, folder, mistakes)?, secret })
        }
    })
}

/// A key of another kind of sink would do nothing here.
fn refuse_unfit(section: &Section, word: Word, mistakes: &mut Mistakes) {
    let shown = |word: Word| WORDS.iter().find(|(_, known)| *known == word).map_or("", |(shown, _)| shown);
    let fit: Vec<&str> = ["name", "kind"].into_iter().chain(word.keys().iter().copied()).collect();
    let wrong = |key: &str| {
        let homes: Vec<String> = WORDS
            .iter()
            .filter(|(_, word)| word.keys().contains(&key))
            .map(|(shown, _)| format!("\"{shown}\""))
            .collect();
        let words = format!("`{key}` means nothing for a sink of kind \"{}\"", shown(word));
        Wrong::new(
            words,
            format!("it belongs to a sink of kind {}; here stand {}", homes.join(" or "), fit.join(", ")),
        )
    };
    section.refuse_unfit(&fit, wrong, mistakes);
}

fn hook(section: &Section, folder: &Path, mistakes: &mut Mistakes) -> Option<Hook> {
    let url = secret::required(section, secret::URL, folder, mistakes);
    let allow_private = section.flag("allow_private", mistakes);
    let ca_file = email::ca_file(section, folder, mistakes);
    Some(Hook { url: url?, allow_private: allow_private?, ca_file })
}

fn maildir(section: &Section, around: &Around, mistakes: &mut Mistakes) -> Option<Maildir> {
    let maildir = email::maildir(section, around.folder, mistakes)?;
    let folder = path::identity(&maildir.path);
    if let Some((what, _)) = around.taken.iter().find(|(_, taken)| *taken == folder) {
        let wrong = Wrong::new(format!("is {what}"), "a folder of its own");
        mistakes.add(section.place("path"), &section.whose("path"), wrong);
    }
    Some(maildir)
}
