//! What turns the handle: one turn for `once`, and the demo's simulated days. Knows the present and the
//! order of turns; must never know how a poll or a list is made.

pub mod demo;
pub mod once;
