//! An App of GitHub: it signs for itself, and is lent a token for each place where it is installed.
//! Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>.

use std::fmt;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::ForgeError;
use super::reply::ForgeReply;
use super::rest_transport::{ForgeApiPath, RestTransport};
use crate::clock::real_now;
use crate::domain::Secret;

/// A signature says that it was made so long ago, for a server whose clock is behind ours.
const BACKDATED: SignedDuration = SignedDuration::from_mins(1);

/// How long a signature holds; GitHub takes ten minutes at the most, by its own clock.
const HOLDS: SignedDuration = SignedDuration::from_mins(8);

/// A lent token is not used in its last minutes: a run that has begun with it shall end with it.
const SPARED: SignedDuration = SignedDuration::from_mins(5);

/// An App with its key and the token that it was lent last.
pub(super) struct GitHubApp {
    id: String,
    key: Arc<dyn SigningKey>,
    token: Mutex<Option<InstallationToken>>,
}

/// A token for one installation; GitHub lends it for an hour.
#[derive(Clone)]
struct InstallationToken {
    token: Secret,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct InstallationJson {
    id: u64,
}

#[derive(Deserialize)]
struct AccessTokenJson {
    token: String,
    expires_at: Timestamp,
}

impl GitHubApp {
    /// Reads the key, which GitHub hands out as PKCS #1; PKCS #8 will do.
    pub(super) fn new(id: String, key: &Secret) -> anyhow::Result<Self> {
        let der = PrivateKeyDer::from_pem_slice(key.reveal().as_bytes());
        let key = der.ok().and_then(|der| any_supported_type(&der).ok());
        let is_rsa =
            |key: &Arc<dyn SigningKey>| key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).is_some();
        let key = key
            .filter(is_rsa)
            .context("the App's key is no private RSA key in PEM, as GitHub hands it out")?;
        Ok(Self { id, key, token: Mutex::new(None) })
    }

    /// A token that will hold for a while: the one that was lent last, or another.
    pub(super) async fn cached_or_new_token(&self, host: &RestTransport) -> Result<Secret, ForgeError> {
        let mut lent = self.token.lock().await;
        let now = real_now();
        if let Some(lent) = lent.as_ref().filter(|lent| now.duration_until(lent.expires_at) > SPARED) {
            return Ok(lent.token.clone());
        }
        let new = self.request_token(host, now).await?;
        Ok(lent.insert(new).token.clone())
    }

    /// Drops a token that was not taken any more.
    pub(super) async fn forget_token(&self) {
        *self.token.lock().await = None;
    }

    async fn request_token(
        &self,
        host: &RestTransport,
        now: Timestamp,
    ) -> Result<InstallationToken, ForgeError> {
        let signed = self.sign_jwt(now).ok_or_else(|| {
            ForgeError::NoAccess("GitHub: the App's key cannot sign; it needs a new one".to_owned())
        })?;
        let installed = host.forge_api_url(ForgeApiPath::Repository(&["installation"]), &[]);
        let reply = require_success(host, host.send_request(Method::GET, installed, None, &signed).await?)?;
        let InstallationJson { id } = host.parse_json_reply(&reply)?;
        let tokens = ["app", "installations", &id.to_string(), "access_tokens"].map(str::to_owned);
        let tokens = host.forge_api_url(ForgeApiPath::Root(&tokens.each_ref().map(String::as_str)), &[]);
        let reply =
            require_success(host, host.send_request(Method::POST, tokens, Some(&json!({})), &signed).await?)?;
        let AccessTokenJson { token, expires_at } = host.parse_json_reply(&reply)?;
        Ok(InstallationToken { token: Secret::new(&token), expires_at })
    }

    /// A JSON Web Token (RFC 7519) by RS256 that says who we are.
    fn sign_jwt(&self, now: Timestamp) -> Option<Secret> {
        let claims = json!({
            "iat": (now - BACKDATED).as_second(),
            "exp": (now + HOLDS).as_second(),
            "iss": self.id,
        });
        let [header, claims] = [json!({"alg": "RS256", "typ": "JWT"}), claims]
            .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let said = format!("{header}.{claims}");
        let signer = self.key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?;
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signer.sign(said.as_bytes()).ok()?);
        Some(Secret::new(&format!("{said}.{signature}")))
    }
}

/// What keeps an App out has other reasons than what keeps a token out.
fn require_success(host: &RestTransport, reply: ForgeReply) -> Result<ForgeReply, ForgeError> {
    match reply.status {
        401 => Err(ForgeError::NoAccess(
            "GitHub answered 401: the App's id or key is wrong, or the clock here".to_owned(),
        )),
        404 => Err(ForgeError::NoAccess(
            "GitHub answered 404: the App is not installed at the repository".to_owned(),
        )),
        _ => host.require_success(reply),
    }
}

impl fmt::Debug for GitHubApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_openssl_makes() {
        let key = Secret::new(include_str!("../../../tests/it/forges/app.pem"));
        let app = GitHubApp::new("Iv1.0123456789abcdef".to_owned(), &key).unwrap();
        let signed = app.sign_jwt("2026-11-25T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(signed.reveal(), include_str!("../../../tests/it/forges/app.jwt").trim());
        assert_eq!(format!("{app:?}"), "App([redacted])");
    }
}
