//! The program as its users meet it: one module per promise, all through the real binary or a room's
//! public door.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows it in test functions, but not in what they share"
)]

mod answer;
mod archives;
mod atom;
mod awaited;
mod backup;
mod beside;
mod chat_rigs;
mod commands;
mod corpus;
mod curation;
mod daemon;
mod desk;
mod digests;
mod docs;
mod door;
mod executable;
mod explain;
mod fake_arxiv;
mod faults;
mod forges;
mod full_disk;
mod headers;
mod home;
mod hostile;
mod hostile_peers;
mod identities;
mod imports;
mod kills;
mod letterbox;
mod lists;
mod logs;
mod mail;
mod merges;
mod month;
mod needs_shared;
mod notify;
mod odd_answers;
mod odd_files;
mod once;
mod operator;
mod outbox;
mod papers;
mod plan;
mod postfix;
mod program;
mod pull_request_month;
mod pull_requests;
mod races;
mod read_only;
mod receivers;
mod repository;
mod secrets;
#[cfg(test)]
mod seeds;
mod shell;
mod signals;
mod silence;
mod simulated;
mod sink;
mod small_disk;
mod source;
mod status;
mod store;
mod systemd;
mod tidy;
mod together;
mod unsaid;
mod waiting;
mod web;
