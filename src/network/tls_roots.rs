//! TLS for all who ask: whom it trusts. Those are the system's authorities, the usual ones of the web for a machine that
//! has none, and one file of the operator's own.

use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use super::pinned_certificate::PinnedCertificateVerifier;
use crate::{clock, regular_file};

/// A file of authorities is a few kilobytes; the largest bundles of whole systems have about 250.
const CA_FILE_BYTES: u64 = 1 << 20;

/// The system's authorities are read again after this time: a daemon outlives their updates.
const SYSTEM_ROOTS_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// TLS that trusts the system's authorities alone, and when those were read. To read them costs more than all else that a
/// request does.
static SYSTEM_TLS: Mutex<Option<(Timestamp, Arc<ClientConfig>)>> = Mutex::new(None);

/// TLS that trusts the authorities of `ca_file` too.
pub(crate) fn tls_client_config(ca_file: Option<&Path>) -> anyhow::Result<Arc<ClientConfig>> {
    if ca_file.is_some() {
        return build_tls_client_config(ca_file);
    }
    let mut system = SYSTEM_TLS.lock().unwrap_or_else(PoisonError::into_inner);
    let now = clock::real_now();
    if let Some((read, tls)) = &*system
        && now.duration_since(*read).abs() < SYSTEM_ROOTS_AGE_MAX
    {
        return Ok(Arc::clone(tls));
    }
    let tls = build_tls_client_config(None)?;
    *system = Some((now, Arc::clone(&tls)));
    Ok(tls)
}

fn build_tls_client_config(ca_file: Option<&Path>) -> anyhow::Result<Arc<ClientConfig>> {
    let prepared = "TLS could not be prepared";
    let own = ca_file.map(read_ca_file).transpose()?.unwrap_or_default();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().chain(&own).cloned();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).context(prepared)?;
    let verifier = PinnedCertificateVerifier::new(verifier, own);
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context(prepared)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(tls))
}

/// The certificates of the operator's own file, which are trusted in addition to the system's authorities.
fn read_ca_file(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let named = || format!("ca_file {}", file.display());
    let mut pem = Vec::new();
    let mut limited = regular_file::open(file).with_context(named)?.take(CA_FILE_BYTES + 1);
    limited.read_to_end(&mut pem).with_context(named)?;
    anyhow::ensure!(pem.len() as u64 <= CA_FILE_BYTES, "{}: more than {CA_FILE_BYTES} bytes", named());
    let found: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| anyhow::anyhow!("{}: a certificate in it is not whole PEM", named()))?;
    anyhow::ensure!(!found.is_empty(), "{}: no certificate in it; PEM is expected", named());
    for certificate in &found {
        let mut store = rustls::RootCertStore::empty();
        let added = store.add(certificate.clone());
        anyhow::ensure!(added.is_ok(), "{}: what it calls a certificate is none", named());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_without_a_certificate_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        for (text, words) in [
            ("", "no certificate in it"),
            ("hello", "no certificate in it"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", "not whole PEM"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "calls a certificate is none"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = read_ca_file(&file).unwrap_err().to_string();
            assert!(error.contains("ca.pem") && error.contains(words), "{text:?}: {error}");
        }
        let gone = read_ca_file(&dir.path().join("gone.pem")).unwrap_err();
        assert!(format!("{gone:#}").contains("gone.pem"), "{gone:#}");
    }

    #[test]
    fn a_machine_without_authorities_has_those_of_the_web() {
        assert!(webpki_root_certs::TLS_SERVER_ROOT_CERTS.len() > 100);
        assert!(build_tls_client_config(None).is_ok());
    }

    #[test]
    fn the_systems_authorities_are_read_once_for_many_clients() {
        let first = tls_client_config(None).unwrap();
        assert!(Arc::ptr_eq(&first, &tls_client_config(None).unwrap()));
    }
}
