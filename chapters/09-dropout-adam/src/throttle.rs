//! Flux's `throttle`: a callback that runs at most once in so many seconds.

use std::time::{Duration, Instant};

/// A function of the current time that is true when the callback is due: at the first
/// call, then at most once in `every`.
pub fn throttle(every: Duration) -> impl FnMut(Instant) -> bool {
    let mut last: Option<Instant> = None;
    move |now| {
        let due = last.is_none_or(|last| now.duration_since(last) >= every);
        if due {
            last = Some(now);
        }
        due
    }
}
