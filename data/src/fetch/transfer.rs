//! One file from one mirror, through cuts.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::thread;

use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use ureq::http::{HeaderMap, StatusCode, header};
use ureq::{Agent, Timeout};

use super::{Limits, Reason, Remote, client};

/// Fills `sink`, which is empty, with the file that `remote` describes.
pub(super) fn file(
    mirror: &str,
    remote: &Remote,
    limits: &Limits,
    bar: &ProgressBar,
    sink: &mut File,
) -> Result<(), Reason> {
    let config = client(mirror)
        .timeout_resolve(Some(limits.reach))
        .timeout_connect(Some(limits.reach))
        .timeout_recv_response(Some(limits.stall))
        .timeout_per_read(Some(limits.stall))
        .build();
    let agent = Agent::new_with_config(config);
    let mut transfer = Transfer {
        url: format!("{mirror}{}", remote.name),
        remote,
        limits,
        bar,
        sink,
        sum: Sha256::new(),
        got: 0,
    };
    let mut last = None;
    for attempt in 0..limits.attempts {
        if attempt > 0 {
            thread::sleep(limits.pause);
        }
        match transfer.pull(&agent) {
            Ok(()) => return Ok(()),
            Err(End::Cut(reason)) => last = Some(reason),
            Err(End::Final(reason)) => return Err(reason),
        }
    }
    Err(last.unwrap_or(Reason::Broken("was never asked".to_owned())))
}

/// How an attempt can fail: worth another one, or not.
enum End {
    Cut(Reason),
    Final(Reason),
}

struct Transfer<'a> {
    url: String,
    remote: &'a Remote<'a>,
    limits: &'a Limits,
    bar: &'a ProgressBar,
    sink: &'a mut File,
    sum: Sha256,
    got: u64,
}

impl Transfer<'_> {
    /// Asks for what is missing and takes what comes.
    fn pull(&mut self, agent: &Agent) -> Result<(), End> {
        let resumed = self.got > 0;
        let mut request = agent.get(&self.url);
        if resumed {
            request = request.header(header::RANGE, format!("bytes={}-", self.got));
        }
        let response = request.call().map_err(|error| self.cut(error))?;
        let headers = response.headers();
        match response.status() {
            StatusCode::OK => self.restart()?,
            StatusCode::PARTIAL_CONTENT if resumed && starts_at(headers, self.got) => (),
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if resumed => {
                let got = self.got;
                self.restart()?;
                let wanted = self.remote.bytes;
                return Err(End::Cut(Reason::Short { got, wanted }));
            }
            status => return Err(End::Final(Reason::Status(status.as_u16()))),
        }
        if is_html(headers) {
            return Err(End::Final(Reason::WebPage));
        }
        self.take(response.into_body().into_reader())?;
        self.check(resumed)
    }

    fn take(&mut self, mut body: impl Read) -> Result<(), End> {
        let wanted = self.remote.bytes;
        let mut bytes = vec![0; 1 << 16];
        loop {
            let n = match body.read(&mut bytes) {
                Ok(0) if self.got < wanted => {
                    let got = self.got;
                    return Err(End::Cut(Reason::Short { got, wanted }));
                }
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(error) => return Err(self.cut(ureq::Error::from(error))),
            };
            let bytes = &bytes[..n];
            if self.got == 0 && bytes.trim_ascii_start().starts_with(b"<") {
                return Err(End::Final(Reason::WebPage));
            }
            self.got += n as u64;
            if self.got > wanted {
                return Err(End::Final(Reason::WrongLength(wanted)));
            }
            self.sum.update(bytes);
            self.sink.write_all(bytes).map_err(disk)?;
            self.bar.set_position(self.got);
        }
    }

    fn check(&mut self, resumed: bool) -> Result<(), End> {
        let sum = format!("{:x}", self.sum.finalize_reset());
        if sum == self.remote.sha256 {
            return Ok(());
        }
        self.restart()?;
        let reason = Reason::WrongSum(sum);
        // Two halves of different files, perhaps: once more in one piece.
        Err(if resumed { End::Cut(reason) } else { End::Final(reason) })
    }

    fn restart(&mut self) -> Result<(), End> {
        self.sum.reset();
        self.got = 0;
        self.bar.set_position(0);
        self.sink.set_len(0).map_err(disk)?;
        self.sink.rewind().map_err(disk)
    }

    fn cut(&self, error: ureq::Error) -> End {
        End::Cut(match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                Reason::Silent(self.limits.reach)
            }
            ureq::Error::Timeout(_) => Reason::Stalled { waited: self.limits.stall, got: self.got },
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Reason::Short { got: self.got, wanted: self.remote.bytes }
            }
            error => Reason::broken(error),
        })
    }
}

fn disk(error: io::Error) -> End {
    End::Final(Reason::Disk(error))
}

/// Does this partial answer go on at byte `at`?
fn starts_at(headers: &HeaderMap, at: u64) -> bool {
    let range = headers.get(header::CONTENT_RANGE);
    let range = range.and_then(|value| value.to_str().ok());
    range.is_some_and(|value| value.starts_with(&format!("bytes {at}-")))
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok());
    kind.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"))
}
