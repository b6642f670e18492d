//! What this machine is called.

/// The machine's own name, with or without a domain; none if it is no text.
pub(crate) fn machine_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}
