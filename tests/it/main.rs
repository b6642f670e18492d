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
mod bibtex_in_latex;
mod blocked_topics;
mod check_import_search_and_demo;
mod completions_and_man;
mod daemon;
mod digests;
mod docs;
mod exit_statuses_and_output;
mod explain;
mod exports;
mod external_test_list;
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
mod links_that_name_papers;
mod list_archives;
mod list_curation;
mod list_files;
mod logs;
mod mail;
mod missing_fields_erase_nothing;
mod ntfy;
mod odd_sink_responses;
mod once;
mod operator_alerts;
mod outbox;
mod papers_without_arxiv;
mod plan_command;
mod postfix;
mod published_preprints;
mod pull_request_merges;
mod pull_request_month;
mod pull_request_status;
mod pull_requests;
mod query_match;
mod races;
mod random_edits;
mod random_kills;
mod read_only;
mod repository;
mod secrets;
mod signals_at_start;
mod sink;
mod source_faults;
mod special_files;
mod status;
mod store;
mod support;
mod systemd_notifications;
mod systemd_units;
mod table_headers;
mod tidy;
mod vendor_validation;
mod web;
mod work_identity;
