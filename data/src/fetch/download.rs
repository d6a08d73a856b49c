//! Downloads one file from one mirror, in several attempts if it must.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::thread;

use indicatif::{HumanCount, ProgressBar};
use sha2::{Digest, Sha256};
use ureq::http::{HeaderMap, HeaderName, StatusCode, header};
use ureq::{Agent, Timeout};

use super::request::{Limits, RemoteFile, client};

/// Why a download failed. The texts follow the address of the mirror.
pub(super) enum DownloadError {
    /// The mirror failed, and another attempt may succeed.
    Retry(String),
    /// The mirror failed, and another attempt would fail as well.
    GiveUp(String),
    /// The file cannot be written.
    Disk(io::Error),
}
use DownloadError::{Disk, GiveUp, Retry};

/// Downloads `file` into `target`, which is empty.
pub(super) fn download(
    mirror: &str,
    file: &RemoteFile,
    limits: &Limits,
    bar: &ProgressBar,
    target: &mut File,
) -> Result<(), DownloadError> {
    let config = client(mirror)
        .timeout_resolve(Some(limits.connect_timeout))
        .timeout_connect(Some(limits.connect_timeout))
        .timeout_recv_response(Some(limits.read_timeout))
        .timeout_per_read(Some(limits.read_timeout))
        .build();
    let agent = Agent::new_with_config(config);
    let url = format!("{mirror}{}", file.name);
    let hash = Sha256::new();
    let mut download = Download { url, file, limits, bar, target, hash, received: 0 };
    for _ in 1..limits.attempts {
        match download.attempt(&agent) {
            Err(Retry(_)) => thread::sleep(limits.retry_delay),
            result => return result,
        }
    }
    download.attempt(&agent)
}

struct Download<'a> {
    url: String,
    file: &'a RemoteFile<'a>,
    limits: &'a Limits,
    bar: &'a ProgressBar,
    target: &'a mut File,
    hash: Sha256,
    received: u64, // bytes
}

impl Download<'_> {
    /// Requests what is missing and receives it.
    fn attempt(&mut self, agent: &Agent) -> Result<(), DownloadError> {
        let resumed = self.received > 0;
        let mut request = agent.get(&self.url);
        if resumed {
            request = request.header(header::RANGE, format!("bytes={}-", self.received));
        }
        let response = request.call().map_err(|error| self.interrupted(error))?;
        let headers = response.headers();
        let rest = format!("bytes {}-", self.received);
        match response.status() {
            StatusCode::OK => self.restart()?,
            StatusCode::PARTIAL_CONTENT
                if resumed && text(headers, header::CONTENT_RANGE).starts_with(&rest) => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if resumed => {
                let error = self.too_short();
                self.restart()?;
                return Err(error);
            }
            status => return Err(GiveUp(format!("answered with HTTP status {}", status.as_u16()))),
        }
        let kind = text(headers, header::CONTENT_TYPE).trim_start().to_ascii_lowercase();
        if kind.starts_with("text/html") {
            return Err(web_page());
        }
        self.receive(response.into_body().into_reader())?;
        self.verify(resumed)
    }

    fn receive(&mut self, mut body: impl Read) -> Result<(), DownloadError> {
        let expected = self.file.bytes;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = match body.read(&mut buffer) {
                Ok(0) if self.received < expected => return Err(self.too_short()),
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(error) => return Err(self.interrupted(ureq::Error::from(error))),
            };
            let bytes = &buffer[..n];
            if self.received == 0 && bytes.trim_ascii_start().starts_with(b"<") {
                return Err(web_page());
            }
            self.received += n as u64;
            if self.received > expected {
                let expected = HumanCount(expected);
                return Err(GiveUp(format!("sent more or less than {expected} bytes")));
            }
            self.hash.update(bytes);
            self.target.write_all(bytes).map_err(Disk)?;
            self.bar.set_position(self.received);
        }
    }

    fn verify(&mut self, resumed: bool) -> Result<(), DownloadError> {
        let sha256 = format!("{:x}", self.hash.finalize_reset());
        if sha256 == self.file.sha256 {
            return Ok(());
        }
        self.restart()?;
        let reason = format!("sent a file with another SHA-256 ({sha256})");
        // After a resumption the parts may be of different files: try it in one piece.
        Err(if resumed { Retry(reason) } else { GiveUp(reason) })
    }

    fn restart(&mut self) -> Result<(), DownloadError> {
        self.hash.reset();
        self.received = 0;
        self.bar.set_position(0);
        self.target.set_len(0).map_err(Disk)?;
        self.target.rewind().map_err(Disk)
    }

    fn interrupted(&self, error: ureq::Error) -> DownloadError {
        let received = HumanCount(self.received);
        Retry(match error {
            ureq::Error::Timeout(when) if !matches!(when, Timeout::Resolve | Timeout::Connect) => {
                let seconds = self.limits.read_timeout.as_secs_f64();
                format!("sent nothing for {seconds} seconds after {received} bytes")
            }
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return self.too_short();
            }
            error => self.limits.describe(error),
        })
    }

    fn too_short(&self) -> DownloadError {
        let (received, expected) = (HumanCount(self.received), HumanCount(self.file.bytes));
        Retry(format!("ended after {received} of {expected} bytes"))
    }
}

fn web_page() -> DownloadError {
    GiveUp("answered with a web page instead of the file".to_owned())
}

/// The text of a header, empty if there is none.
fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
