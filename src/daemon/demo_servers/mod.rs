//! The world that `paperwire demo` runs in: some sixty real papers that are shipped with the
//! program, an arXiv of our own on the loopback that announces them over a few simulated days, a journal
//! with a feed, and a receiver that keeps what is posted to it.
//! Knows how arXiv answers and when it announces; must never know how the program asks, what it
//! keeps or what it writes: the demo is honest only as long as it is outside.

mod arxiv_atom_feed;
mod loopback_arxiv;
mod loopback_journal;
mod loopback_receiver;
mod loopback_server;
mod papers;

pub use loopback_arxiv::LoopbackArxiv;
pub use loopback_journal::DemoJournalFeedServer;
pub use loopback_receiver::{LoopbackReceiver, PostedMessage};
pub use papers::{DemoPaper, demo_papers, demo_poll_times};
