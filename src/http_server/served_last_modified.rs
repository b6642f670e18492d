//! When each feed changed last, as far as this program has seen.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock;

/// Since when each feed has been as it is. There are as many as the configuration has topics, four times.
#[derive(Debug, Default)]
pub(super) struct ServedLastModified(Mutex<BTreeMap<String, (String, SystemTime)>>);

impl ServedLastModified {
    /// Since when the response at this path has had this tag. HTTP has whole seconds, so a change is dated at least
    /// one second after the one before it.
    pub(super) fn track_last_modified(&self, path: &str, tag: &str) -> SystemTime {
        let mut served = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::from(clock::real_now());
        match served.get(path) {
            Some((known, since)) if known == tag => *since,
            known => {
                let least = known.map(|(_, since)| *since + Duration::from_secs(1));
                let since = least.map_or(now, |least| least.max(now));
                served.insert(path.to_owned(), (tag.to_owned(), since));
                since
            }
        }
    }
}
