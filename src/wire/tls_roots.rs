//! Whom TLS trusts: the system's authorities, the usual ones of the web for a machine that has none, and one
//! file of the operator's own.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::plain_file;

/// A file of authorities is a few kilobytes; the largest bundles of whole systems have about 250.
const CA_FILE_BYTES: u64 = 1 << 20;

/// The authorities to trust in addition to the system's own, which both clients read by themselves. Also sees to it
/// that TLS has its cryptography, whoever comes first.
pub(crate) fn extra_root_certificates(
    ca_file: Option<&Path>,
) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    // A second try finds the first one's provider and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec();
    if let Some(file) = ca_file {
        roots.extend(read_ca_file(file)?);
    }
    Ok(roots)
}

fn read_ca_file(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let named = || format!("ca_file {}", file.display());
    let mut pem = Vec::new();
    let mut limited = plain_file::open(file).with_context(named)?.take(CA_FILE_BYTES + 1);
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
            let error = extra_root_certificates(Some(&file)).unwrap_err().to_string();
            assert!(error.contains("ca.pem") && error.contains(words), "{text:?}: {error}");
        }
        let gone = extra_root_certificates(Some(&dir.path().join("gone.pem"))).unwrap_err();
        assert!(format!("{gone:#}").contains("gone.pem"), "{gone:#}");
    }

    #[test]
    fn a_machine_without_authorities_has_those_of_the_web() {
        assert!(extra_root_certificates(None).unwrap().len() > 100);
    }
}
