//! The variables that this process was given.

use std::ffi::OsString;

/// All of them with their values, for one who picks from them what it may pass on.
pub fn all_environment_variables() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}
