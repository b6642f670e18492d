//! An incoming webhook of Slack.

mod blocks;
mod receiver;
mod render;

pub use receiver::SlackReceiver;
pub use render::{render, render_alert, render_test};
