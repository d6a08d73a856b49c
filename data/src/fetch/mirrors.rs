//! Which mirrors can be reached. All are contacted at once, each by a thread of
//! its own that may hang, so their waiting times do not add up.

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use ureq::Agent;

use super::error::FetchError;
use super::request::{Limits, client, is_tls};

/// The mirrors, beginning with the first to answer, without those that have
/// failed by then. Any HTTP status counts as an answer.
pub(super) fn sort_by_answer<'a>(
    mirrors: &[&'a str],
    name: &str,
    limits: &Limits,
) -> Result<Vec<&'a str>, FetchError> {
    let timeout = limits.connect_timeout;
    let deadline = Instant::now() + timeout;
    let (sender, answers) = mpsc::channel();
    for (i, mirror) in mirrors.iter().enumerate() {
        let sender = sender.clone();
        let url = format!("{mirror}{name}");
        let config = client(mirror).timeout_global(Some(timeout)).build();
        thread::spawn(move || {
            let answer = Agent::new_with_config(config).head(url).call();
            // Fails once another mirror has answered.
            let _ = sender.send((i, answer.map(drop)));
        });
    }
    drop(sender);

    let mut tls = false; // was it ever the fault?
    let mut reasons: Vec<Option<String>> = vec![None; mirrors.len()];
    let time_left = || deadline.saturating_duration_since(Instant::now());
    while let Ok((i, answer)) = answers.recv_timeout(time_left()) {
        match answer {
            Ok(()) => {
                let others = (0..mirrors.len()).filter(|&j| j != i && reasons[j].is_none());
                return Ok([i].into_iter().chain(others).map(|j| mirrors[j]).collect());
            }
            Err(error) => {
                tls |= is_tls(&error);
                reasons[i] = Some(limits.describe(error));
            }
        }
    }
    let errors = mirrors.iter().zip(reasons).map(|(mirror, reason)| {
        let reason = reason.unwrap_or_else(|| limits.no_answer());
        format!("{mirror} {reason}")
    });
    Err(if tls { FetchError::Tls } else { FetchError::NoNetwork }(errors.collect()))
}
