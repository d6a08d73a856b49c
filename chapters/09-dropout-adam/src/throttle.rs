//! A callback that is called often and acts seldom.

use std::time::{Duration, Instant};

/// Says yes at most once in so much time, the first time at once.
pub struct Throttle {
    every: Duration,
    last: Option<Instant>,
}

impl Throttle {
    /// At most once in `every`.
    pub fn new(every: Duration) -> Throttle {
        Throttle { every, last: None }
    }

    /// Whether it is time, `now`. If it is, the next time is not before `every`
    /// has gone.
    pub fn due(&mut self, now: Instant) -> bool {
        let due = self.last.is_none_or(|last| now.duration_since(last) >= self.every);
        if due {
            self.last = Some(now);
        }
        due
    }
}
