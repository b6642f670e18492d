//! The program as its users meet it: one module for each promise, all through the real binary or a room's
//! public interface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows it in test functions, but not in what they share"
)]

mod announced_once;
mod archives;
mod atom;
mod atom_corpus;
mod backup;
mod blocked_topics;
mod certificate_authority;
mod command_output;
mod commands;
mod completions;
mod curation;
mod daemon;
mod digests;
mod docs;
mod executable;
mod explain;
mod exports;
mod fake_arxiv;
mod fake_journal;
mod fake_smtp;
mod fake_webhooks;
mod faults;
mod forges;
mod full_disk;
mod hostile_peers;
mod hostile_ssh;
mod hostile_titles;
mod hostile_tls;
mod identities;
mod import_lists;
mod kills;
mod lists;
mod logs;
mod loopback_server;
mod mail;
mod missing_fields;
mod needs_shared;
mod ntfy;
mod odd_responses;
mod once;
mod operator_alerts;
mod outbox;
mod papers_without_arxiv;
mod plan;
mod postfix;
mod program;
mod pull_request_merges;
mod pull_request_month;
mod pull_request_status;
mod pull_requests;
mod query_match;
mod races;
mod random_edits;
mod read_only;
mod repository;
mod repository_env;
mod sample_papers;
mod secrets;
#[cfg(test)]
mod seeds;
mod signals_at_start;
mod silent_peers;
mod simulated_month;
mod sink;
mod small_disk;
mod source;
mod source_files;
mod special_files;
mod status;
mod store;
mod systemd;
mod systemd_notify;
mod table_headers;
mod test_env;
mod tidy;
mod vendor_validation;
mod web;
