//! An authority that signs certificates for one test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

pub(crate) struct CertificateAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    folder: tempfile::TempDir,
}

impl CertificateAuthority {
    pub(crate) fn new(common_name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let signed = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), signed.pem()).unwrap();
        Self { issuer: Issuer::new(params, key), certificate: signed.der().clone(), folder }
    }

    /// The file of the authority's certificate, for whoever is to trust it.
    pub(crate) fn ca_file(&self) -> PathBuf {
        Path::new(self.folder.path()).join("ca.pem")
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// A server's side of TLS, with a certificate for this name.
    pub(crate) fn tls_acceptor(&self, name: &str) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.server_config(name, &[])))
    }

    /// A server that shows the authority's own certificate, as one does that `openssl req -x509` made.
    pub(crate) fn self_signed_tls_acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.issuer.key().serialize_der()).unwrap();
        TlsAcceptor::from(Arc::new(configure_server(vec![self.certificate()], key)))
    }

    /// The configuration of a server of this name that sends these certificates after its own.
    pub(crate) fn server_config(&self, name: &str, chain: &[CertificateDer<'static>]) -> ServerConfig {
        self.issue_certificate(&CertificateParams::new(vec![name.to_owned()]).unwrap(), chain)
    }

    /// Accepts TLS with a certificate that ended in 2020.
    pub(crate) fn expired_tls_acceptor(&self, name: &str) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        TlsAcceptor::from(Arc::new(self.issue_certificate(&params, &[])))
    }

    fn issue_certificate(
        &self,
        params: &CertificateParams,
        chain: &[CertificateDer<'static>],
    ) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        configure_server([&[certificate.der().clone()], chain].concat(), key)
    }
}

fn configure_server(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}
