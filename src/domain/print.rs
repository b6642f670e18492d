//! What tells one text from another without keeping it.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Print([u8; 32]);

impl Print {
    /// The print of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// A print that was kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }
}
