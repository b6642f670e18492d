//! Anybody's receiver, by Standard Webhooks.

mod receiver;
mod render;
mod signature;

pub use receiver::WebhookReceiver;
pub use render::{render, render_alert, render_test};
