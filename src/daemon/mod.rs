//! What turns the handle: one turn for `once`, the loops of `run`, and the demo's simulated days. Knows the
//! present and the order of turns; must never know how a poll, a list or a message is made.

mod chores;
mod delivering;
pub mod demo;
mod health;
mod main_loop;
pub mod notify;
pub mod once;
pub mod page;
pub mod plan;
pub mod repositories;
pub mod run;
mod signals;
mod sink_loop;
mod sinks;
pub mod standing;
pub mod test_message;
mod turn;
mod watch;
