//! The program as its users meet it: one module per promise, all through the real binary or a room's
//! public door.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows it in test functions, but not in what they share"
)]

mod answer;
mod atom;
mod commands;
mod corpus;
mod fake_arxiv;
mod faults;
mod home;
mod hostile;
mod lists;
mod month;
mod once;
mod papers;
mod source;
mod store;
mod tidy;
