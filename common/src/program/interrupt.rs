//! Ctrl-C, counted instead of ending the program, so that it can save its work.
//! A closed terminal and the signal of `kill` count as Ctrl-C.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, Result};

static PRESSED: AtomicUsize = AtomicUsize::new(0);

/// From now on Ctrl-C does not end this program, it only counts in [`pressed`]. A signal
/// that was ignored before, as `nohup` ignores the closing of the terminal, stays ignored.
/// Fails if the system does not allow it.
pub fn listen() -> Result {
    count_signals().map_err(|fault| Error::new(format!("Ctrl-C cannot be listened for: {fault}")))
}

/// How often Ctrl-C was pressed.
pub fn pressed() -> usize {
    PRESSED.load(Ordering::Relaxed)
}

#[cfg(unix)]
fn count_signals() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    // Linux has a bit for each ignored signal in `SigIgn:`. Elsewhere none is known.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|s| ignored >> (s - 1) & 1 == 0);
    let mut signals = signal_hook::iterator::Signals::new(heard)?;
    let count = move || signals.forever().for_each(|_| _ = PRESSED.fetch_add(1, Ordering::Relaxed));
    std::thread::Builder::new().spawn(count)?;
    Ok(())
}

#[cfg(not(unix))]
fn count_signals() -> std::result::Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| _ = PRESSED.fetch_add(1, Ordering::Relaxed))
}
