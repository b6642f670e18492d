//! What broke below the protocol, in words that name no host, no address and no URL.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use super::pinned_certificate::AUTHORITY_AS_SERVER;

/// The error and everything that caused it. A chain of sources passes over what an [`io::Error`] wraps, and
/// there are the words of TLS.
pub(crate) fn error_and_its_causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'e (dyn Error + 'static)| {
        let cause: &'e (dyn Error + 'static) = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
}

/// Says what broke, as far as the operator can act on it.
pub(crate) fn describe_connection_error(error: &(dyn Error + 'static)) -> &'static str {
    error_and_its_causes(error)
        .find_map(|cause| {
            let tls = cause.downcast_ref::<rustls::Error>().map(describe_tls_error);
            tls.or_else(|| {
                cause.downcast_ref::<io::Error>().and_then(|error| describe_io_error(error.kind()))
            })
        })
        .unwrap_or("the connection failed")
}

fn describe_tls_error(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return "no TLS could be agreed on";
    };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet, or the clock here is wrong"
        }
        CertificateError::UnknownIssuer => {
            "its certificate is signed by nobody known here (ca_file names one authority more)"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name"
        }
        CertificateError::Other(other) if other.0.to_string() == AUTHORITY_AS_SERVER => {
            "its certificate is one of an authority, as `openssl req -x509` makes it (if it is right, ca_file may name it)"
        }
        _ => "its certificate is not valid",
    }
}

fn describe_io_error(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::ConnectionRefused => Some("connection refused"),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some("the connection was cut"),
        ErrorKind::TimedOut => Some("no answer in time"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            Some("the network does not reach it")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_io_error_wraps_is_found() {
        let name = rustls::pki_types::ServerName::try_from("canary.example.org").unwrap();
        let certificate =
            CertificateError::NotValidForNameContext { expected: name, presented: vec!["other".to_owned()] };
        let error = io::Error::new(ErrorKind::InvalidData, rustls::Error::InvalidCertificate(certificate));
        assert_eq!(describe_connection_error(&error), "its certificate is for another name");
        let error = io::Error::other(io::Error::from(ErrorKind::ConnectionRefused));
        assert_eq!(describe_connection_error(&error), "connection refused");
    }
}
