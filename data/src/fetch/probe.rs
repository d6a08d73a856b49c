//! Which mirrors are there? All are asked at once, each by a thread of its own
//! that is left behind if it hangs, so nothing adds up: not names that never
//! resolve, not connections that never open.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::{Failure, Reason, Refusal, client};

/// The mirrors, the first to answer first, without those known to fail.
/// Any answer counts; what it is worth shows when the file is asked for.
pub(super) fn by_answer<'a>(
    mirrors: &[&'a str],
    name: &str,
    reach: Duration,
) -> Result<Vec<&'a str>, Failure> {
    let deadline = Instant::now() + reach;
    let (sender, answers) = mpsc::channel();
    for (i, mirror) in mirrors.iter().enumerate() {
        let sender = sender.clone();
        let url = format!("{mirror}{name}");
        let config = client(mirror).timeout_global(Some(reach)).build();
        thread::spawn(move || {
            let answer = Agent::new_with_config(config).head(url).call();
            // Nobody listens any more once another mirror has answered.
            let _ = sender.send((i, answer.map(drop)));
        });
    }
    drop(sender);

    let mut reasons: Vec<Option<Reason>> = mirrors.iter().map(|_| None).collect();
    let mut left = deadline.saturating_duration_since(Instant::now());
    while let Ok((i, answer)) = answers.recv_timeout(left) {
        match answer {
            Ok(()) => {
                let others = (0..mirrors.len()).filter(|&j| j != i && reasons[j].is_none());
                return Ok([i].into_iter().chain(others).map(|j| mirrors[j]).collect());
            }
            Err(ureq::Error::Timeout(_)) => reasons[i] = Some(Reason::Silent(reach)),
            Err(error) => reasons[i] = Some(Reason::broken(error)),
        }
        left = deadline.saturating_duration_since(Instant::now());
    }
    let refusals = mirrors
        .iter()
        .zip(reasons)
        .map(|(mirror, reason)| Refusal::new(mirror, reason.unwrap_or(Reason::Silent(reach))));
    Err(Failure::NoNetwork(refusals.collect()))
}
