//! What tests share and that tests nothing by itself: the servers on 127.0.0.1 that remember, the folders and programs of
//! an environment, sample papers, and seeds.

pub(crate) mod accepting_fake_smtp;
pub(crate) mod bare_repository;
pub(crate) mod certificate_authority;
pub(crate) mod executable_files;
pub(crate) mod fake_arxiv;
pub(crate) mod fake_forge;
pub(crate) mod fake_journal_source;
pub(crate) mod fake_webhooks;
pub(crate) mod http_backend;
pub(crate) mod loopback_server;
pub(crate) mod program_command;
pub(crate) mod random_month_of_papers;
#[cfg(test)]
pub(crate) mod random_seeds;
pub(crate) mod repository_env;
pub(crate) mod rust_files;
pub(crate) mod sample_papers;
pub(crate) mod small_disk;
pub(crate) mod test_env;
