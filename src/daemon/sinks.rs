//! The configured sinks made ready: what their messages look like, and the way out.

use anyhow::{Context, Result};

use crate::config::{Config, Email, Hook, Maildir as MaildirConfig, SinkKind, Unsubscribe};
use crate::domain::Secret;
use crate::pipeline::deliver::Way;
use crate::pipeline::style::Style;
use crate::render::mail;
use crate::sink::http::{Kind, Reach};
use crate::sink::{Http, Maildir, Smtp};

/// The style of a sink's messages.
pub(super) fn style(kind: &SinkKind) -> Style {
    match kind {
        SinkKind::Email(email) => Style::Mail {
            settings: mail_settings(&email.from.to_string(), email),
            recipients: email.to.iter().map(ToString::to_string).collect(),
        },
        SinkKind::Maildir(MaildirConfig { path: _, from, to }) => Style::Mail {
            settings: mail::Settings {
                from: from.to_string(),
                list: None,
                unsubscribe: None,
                store_id: String::new(),
            },
            recipients: to.iter().map(ToString::to_string).collect(),
        },
        SinkKind::Slack(_) => Style::Slack,
        SinkKind::Discord(_) => Style::Discord,
        SinkKind::Webhook(_) => Style::Webhook,
    }
}

fn mail_settings(from: &str, email: &Email) -> mail::Settings {
    let unsubscribe = email.unsubscribe.as_ref().map(|unsubscribe| match unsubscribe {
        Unsubscribe::Https(address) => mail::Unsubscribe::Https(address.clone()),
        Unsubscribe::Mailto(address) => mail::Unsubscribe::Mailto(address.clone()),
    });
    mail::Settings { from: from.to_owned(), list: email.list.clone(), unsubscribe, store_id: String::new() }
}

/// The way out to a sink; its secrets are read now. An error says which one cannot be had, never what it is.
pub(super) fn way(kind: &SinkKind) -> Result<Way> {
    Ok(match kind {
        SinkKind::Email(email) => Way::Smtp { server: smtp(email)?, from: email.from.address.clone() },
        SinkKind::Maildir(maildir) => Way::Maildir(Maildir::new(&maildir.path)),
        SinkKind::Slack(hook) => Way::Http(http(Kind::Slack, hook)?),
        SinkKind::Discord(hook) => Way::Http(http(Kind::Discord, hook)?),
        SinkKind::Webhook(webhook) => {
            let secret = webhook.secret.as_ref().map(|secret| secret.read().context("secret")).transpose()?;
            Way::Http(http(Kind::Webhook { secret }, &webhook.hook)?)
        }
    })
}

fn smtp(email: &Email) -> Result<Smtp> {
    let password: Option<Secret> =
        email.login.as_ref().map(|login| login.password.read().context("password")).transpose()?;
    let user = email.login.as_ref().map(|login| login.user.as_str());
    Smtp::new(&email.server, user, password.as_ref(), email.ca_file.as_deref())
}

fn http(kind: Kind, hook: &Hook) -> Result<Http> {
    let url = hook.url.read().context("url")?;
    let reach = if hook.allow_private { Reach::Anywhere } else { Reach::PublicOnly };
    Http::new(kind, &url, reach, hook.ca_file.as_deref())
}

/// Hosts whose repositories count as code in any list of the configuration.
pub(super) fn code_hosts(config: &Config) -> Vec<String> {
    config.lists.iter().flat_map(|list| list.code_hosts.iter().cloned()).collect()
}
