//! What to download, how long to wait, and the configuration of every request.

use std::io::ErrorKind;
use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::{Agent, Proxy};

/// A file to download.
#[derive(Clone, Copy, Debug)]
pub struct RemoteFile<'a> {
    /// Its name, both in the folder and behind a mirror's address.
    pub name: &'a str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: &'a str,
}

/// How long to wait, and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a mirror's first answer.
    pub connect_timeout: Duration,
    /// For the next byte of a download.
    pub read_timeout: Duration,
    /// Between two attempts with the same mirror.
    pub retry_delay: Duration,
    /// Attempts with one mirror for one file.
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(4),
            read_timeout: Duration::from_secs(20),
            retry_delay: Duration::from_millis(500),
            attempts: 5,
        }
    }
}

impl Limits {
    /// The fault of a mirror without an answer, after its address.
    pub(super) fn no_answer(&self) -> String {
        format!("did not answer within {} seconds", self.connect_timeout.as_secs_f64())
    }

    /// The fault of a request that failed, after the mirror's address.
    pub(super) fn describe(&self, error: ureq::Error) -> String {
        let what = if is_tls(&error) { "TLS, " } else { "" };
        match error {
            ureq::Error::Timeout(_) => self.no_answer(),
            ureq::Error::Io(error) => format!("failed ({what}{error})"),
            error => format!("failed ({what}{error})"),
        }
    }
}

/// The configuration of every request to `mirror`.
pub(super) fn client(mirror: &str) -> ConfigBuilder<AgentScope> {
    let (_, address) = mirror.split_once("://").unwrap_or_default();
    let is_local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| address.starts_with(host));
    // A proxy would take these names for itself.
    let proxy = if is_local { None } else { Proxy::try_from_env() };
    let tls = TlsConfig::builder().root_certs(roots()).build();
    Agent::config_builder().http_status_as_error(false).proxy(proxy).tls_config(tls)
}

/// The certificates that are trusted: the system's, to which a proxy that signs anew
/// belongs. A small Linux may have none; then those that ureq brings along.
fn roots() -> RootCerts {
    #[cfg(target_os = "linux")]
    if rustls_native_certs::load_native_certs().certs.is_empty() {
        return RootCerts::WebPki;
    }
    RootCerts::PlatformVerifier
}

/// Whether a connection was made, but the other side could not prove who it is.
pub(super) fn is_tls(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() == ErrorKind::InvalidData, // rustls within
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        _ => false,
    }
}
