//! Ctrl-C, counted instead of ending the program, so that it can save its work.
//! A closed terminal and the signal of `kill` count as Ctrl-C.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, Result};

static PRESSED: AtomicUsize = AtomicUsize::new(0);

/// From now on Ctrl-C does not end this program, it only counts in [`pressed`].
///
/// # Errors
/// If the system does not allow it, or this was called before.
pub fn listen() -> Result {
    ctrlc::set_handler(|| {
        PRESSED.fetch_add(1, Ordering::Relaxed);
    })
    .map_err(|error| Error::new(format!("Ctrl-C cannot be listened for: {error}")))
}

/// How often Ctrl-C was pressed.
pub fn pressed() -> usize {
    PRESSED.load(Ordering::Relaxed)
}
