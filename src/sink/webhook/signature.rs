//! Signs as Standard Webhooks 1.0.0 asks: <https://github.com/standard-webhooks/standard-webhooks>.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{Context, HMAC_SHA256, Key};

use crate::domain::Secret;

/// How many bytes a key has. Source: Standard Webhooks 1.0.0, "Signature scheme".
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that signs.
pub(super) struct SigningKey(Key);

impl SigningKey {
    /// Reads `whsec_` and base64.
    pub(super) fn parse(secret: &Secret) -> anyhow::Result<Self> {
        let expected = "whsec_ and the base64 of 24 to 64 bytes are expected";
        let encoded = secret.reveal().strip_prefix("whsec_");
        let key = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        let key = key.filter(|key| KEY_BYTES.contains(&key.len()));
        let key = key.ok_or_else(|| anyhow::anyhow!(expected))?;
        Ok(Self(Key::new(HMAC_SHA256, &key)))
    }

    /// The signature's header for exactly these bytes.
    pub(super) fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let mut mac = Context::with_key(&self.0);
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", STANDARD.encode(mac.sign()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example_is_signed_as_it_says() {
        let key = SigningKey::parse(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn a_secret_of_another_shape_is_refused_without_being_shown() {
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for secret in
            ["", "canary", "whsec_", "whsec_canary!", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &short, &long]
        {
            let error = SigningKey::parse(&Secret::new(secret)).unwrap_err().to_string();
            assert!(error.contains("24 to 64 bytes") && !error.contains("canary"), "{secret}: {error}");
        }
    }
}
