//! The program as its users meet it: one module for each promise, all through the real binary or a module's
//! public interface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy allows it in test functions, but not in what they share"
)]

mod absent_answers;
mod announced_once;
mod arxiv_source;
mod atom_corpus;
mod atom_reader;
mod backup;
mod blocked_topics;
mod certificate_authority;
mod command_output;
mod commands;
mod completions;
mod daemon;
mod digests;
mod docs;
mod executable_files;
mod explain;
mod exports;
mod external_test_list;
mod fake_arxiv;
mod fake_journal;
mod fake_smtp;
mod fake_webhooks;
mod feed_month;
mod feeds;
mod forges;
mod full_disk;
mod hostile_feeds;
mod hostile_peers;
mod hostile_ssh;
mod hostile_titles;
mod hostile_tls;
mod import_lists;
mod list_archives;
mod list_curation;
mod list_files;
mod logs;
mod loopback_server;
mod mail;
mod missing_fields;
mod ntfy;
mod odd_sink_responses;
mod once;
mod operator_alerts;
mod outbox;
mod paper_identities;
mod papers_without_arxiv;
mod plan;
mod postfix;
mod program_command;
mod published;
mod pull_request_merges;
mod pull_request_month;
mod pull_request_status;
mod pull_requests;
mod query_match;
mod races;
mod random_edits;
mod random_kills;
#[cfg(test)]
mod random_seeds;
mod read_only;
mod repository;
mod repository_env;
mod rust_files;
mod sample_papers;
mod secrets;
mod signals_at_start;
mod simulated_month;
mod sink;
mod small_disk;
mod source_faults;
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
mod work_identity;
