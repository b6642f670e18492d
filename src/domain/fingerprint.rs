//! What identifies a text without keeping it.

use xxhash_rust::xxh3::xxh3_128;

/// The XXH3 of a text, in 128 bits: quick, and no two texts that people or programs write by accident share one. It
/// proves nothing against somebody who looks for a second text, who could as well write the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of_text(text: impl AsRef<[u8]>) -> Self {
        Self(xxh3_128(text.as_ref()))
    }

    /// A fingerprint that was kept.
    pub fn from_stored(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The bytes to keep.
    pub fn to_stored_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}
