//! A server's own certificate as the one that is trusted. `openssl req -x509` makes one that calls itself an authority and
//! names no host, and such a one is no server's by the rules of the web; the operator who names it says that it is.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// What webpki calls an authority's certificate in a server's place; it is found by its name, for rustls hands it on as one
/// of many.
pub(super) const AUTHORITY_AS_SERVER: &str = "CaUsedAsEndEntity";

/// Believes what the authorities vouch for, and a server that shows one of these certificates itself.
#[derive(Debug)]
pub(super) struct PinnedCertificateVerifier {
    authorities: Verifier,
    pinned: Vec<CertificateDer<'static>>,
}

impl PinnedCertificateVerifier {
    pub(super) fn new(authorities: Verifier, pinned: Vec<CertificateDer<'static>>) -> Self {
        Self { authorities, pinned }
    }

    /// Whether it is one of these, and nothing is wrong with it but that it calls itself an authority, or has another name.
    /// Its dates are looked at before either.
    fn is_trusted_in_spite_of(&self, error: &Error, certificate: &CertificateDer<'_>) -> bool {
        let is_excused = match error {
            Error::InvalidCertificate(CertificateError::Other(other)) => {
                other.0.to_string() == AUTHORITY_AS_SERVER
            }
            Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => true,
            _ => false,
        };
        is_excused && self.pinned.iter().any(|pinned| pinned == certificate)
    }
}

impl ServerCertVerifier for PinnedCertificateVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.authorities.verify_server_cert(certificate, intermediates, name, ocsp_response, now) {
            Err(error) if self.is_trusted_in_spite_of(&error, certificate) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}
