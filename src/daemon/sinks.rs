//! The configured sinks made ready: what their messages look like, and the way out.

use anyhow::{Context, Result};

use crate::config::{Config, EmailConfig, EndpointConfig, MaildirConfig, SinkKind, UnsubscribeConfig};
use crate::domain::Secret;
use crate::pipeline::deliver::Transport;
use crate::pipeline::renderer::Renderer;
use crate::render::mail;
use crate::sink::discord::DiscordReceiver;
use crate::sink::http::{AddressPolicy, HttpReceiver};
use crate::sink::slack::SlackReceiver;
use crate::sink::webhook::WebhookReceiver;
use crate::sink::{HttpSink, Maildir, SmtpSink};

/// The style of a sink's messages.
pub(super) fn renderer(kind: &SinkKind) -> Renderer {
    match kind {
        SinkKind::Email(email) => Renderer::Mail {
            settings: mail_settings(&email.from.to_string(), email),
            recipients: email.to.iter().map(ToString::to_string).collect(),
        },
        SinkKind::Maildir(MaildirConfig { path: _, from, to }) => Renderer::Mail {
            settings: mail::MailSettings {
                from: from.to_string(),
                list: None,
                unsubscribe: None,
                store_id: String::new(),
            },
            recipients: to.iter().map(ToString::to_string).collect(),
        },
        SinkKind::Slack(_) => Renderer::Slack,
        SinkKind::Discord(_) => Renderer::Discord,
        SinkKind::Webhook(_) => Renderer::Webhook,
    }
}

fn mail_settings(from: &str, email: &EmailConfig) -> mail::MailSettings {
    let unsubscribe = email.unsubscribe.as_ref().map(|unsubscribe| match unsubscribe {
        UnsubscribeConfig::Https(address) => mail::UnsubscribeLink::Https(address.clone()),
        UnsubscribeConfig::Mailto(address) => mail::UnsubscribeLink::Mailto(address.clone()),
    });
    mail::MailSettings {
        from: from.to_owned(),
        list: email.list.clone(),
        unsubscribe,
        store_id: String::new(),
    }
}

/// The way out to a sink; its secrets are read now. An error says which one cannot be had, never what it is.
pub(super) fn open_transport(kind: &SinkKind) -> Result<Transport> {
    Ok(match kind {
        SinkKind::Email(email) => {
            Transport::Smtp { server: open_smtp(email)?, from: email.from.address.clone() }
        }
        SinkKind::Maildir(maildir) => Transport::Maildir(Maildir::new(&maildir.path)),
        SinkKind::Slack(hook) => Transport::Http(open_http(Box::new(SlackReceiver), hook)?),
        SinkKind::Discord(hook) => Transport::Http(open_http(Box::new(DiscordReceiver), hook)?),
        SinkKind::Webhook(webhook) => {
            let secret = webhook.secret.as_ref().map(|secret| secret.read().context("secret")).transpose()?;
            Transport::Http(open_http(Box::new(WebhookReceiver::new(secret.as_ref())?), &webhook.endpoint)?)
        }
    })
}

fn open_smtp(email: &EmailConfig) -> Result<SmtpSink> {
    let password: Option<Secret> =
        email.login.as_ref().map(|login| login.password.read().context("password")).transpose()?;
    let user = email.login.as_ref().map(|login| login.user.as_str());
    SmtpSink::new(&email.server, user, password.as_ref(), email.ca_file.as_deref())
}

fn open_http(receiver: Box<dyn HttpReceiver>, hook: &EndpointConfig) -> Result<HttpSink> {
    let url = hook.url.read().context("url")?;
    let reach = if hook.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
    HttpSink::new(receiver, &url, reach, hook.ca_file.as_deref())
}

/// Hosts whose repositories count as code in any list of the configuration.
pub(super) fn code_hosts(config: &Config) -> Vec<String> {
    config.lists.iter().flat_map(|list| list.code_hosts.iter().cloned()).collect()
}
