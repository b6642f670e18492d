//! One table of the configuration as TOML gives it: its keys are taken one by one, and each mistake is collected and
//! shown with file, line, key and what would be right, without a secret. Knows TOML, and the values that any section
//! may have: paths, durations, names, the places of secrets. It must never know what a key is for, which sections or
//! sinks there are (but which of them may hold something delicate), or a default.

pub(crate) mod config_file_paths;
pub(crate) mod diagnostic;
pub(crate) mod did_you_mean;
pub(crate) mod excerpt;
mod redaction;
pub(crate) mod secret_location;
pub(crate) mod section_keys;
pub(crate) mod toml_table;
pub(crate) mod value_parsers;
