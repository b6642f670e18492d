//! A webhook of a Discord channel.

mod receiver;
mod render;

pub use receiver::DiscordReceiver;
pub use render::{render, render_alert, render_test};
