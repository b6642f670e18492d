//! What drives the program: one run for `once`, the loops of `run`, and the demo's simulated days. Knows the
//! present and the order of the steps; must never know how a poll, a list or a message is made.

pub mod demo;
mod fetched_list;
pub mod health_report;
pub mod http_server;
mod main_loop;
mod maintenance;
pub mod notify;
pub mod once;
mod pipeline_list;
pub mod plan;
pub mod repositories;
pub mod run;
mod run_steps;
mod signals;
mod sink_delivery;
mod sink_loop;
mod sinks;
mod sleep_limit;
mod sources;
mod store_failures;
pub mod test_message;
mod watchdog;
