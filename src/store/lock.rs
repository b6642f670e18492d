//! One writer at a time. The kernel drops the lock with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The lock of a store, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the store in this file, or says who has it.
    pub(super) fn take(store: &Path) -> Result<Self> {
        let mut name = store.as_os_str().to_owned();
        name.push(".lock");
        let path = Path::new(&name);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("cannot open the lock {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another paperwire{} is at work on {}: wait until it has ended, or stop it",
                holder(&mut file),
                store.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        // Only for the words above: a lock that cannot be signed still holds.
        let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Self { file })
    }
}

/// A child that is just being begun holds a copy of the file for a moment, and with it the lock.
impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be let go of here ends with the process.
        let _ = self.file.unlock();
    }
}

/// The process that signed the lock, in brackets.
fn holder(file: &mut File) -> String {
    const PID_BYTES_MAX: u64 = 20;
    let mut text = String::new();
    match file.take(PID_BYTES_MAX).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => format!(" (process {text})"),
        Ok(_) | Err(_) => String::new(),
    }
}
