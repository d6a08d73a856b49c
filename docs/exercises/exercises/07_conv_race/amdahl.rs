//! What cannot be shared among threads sets the limit.
//!
//!     time on p threads = alone (serial + (1 - serial) / p)
//!
//! serial: the part, from 0 to 1, that one thread has to do alone.
//!
//! Page: docs/en/07-conv-race.md, exercise 6

/// The time on `threads` threads of what takes `alone` on one.
fn time(alone: f64, serial: f64, threads: f64) -> f64 {
    // TODO
    todo!()
}

/// The part that cannot be shared, from the time on one thread and that on `threads`.
fn serial_part(alone: f64, shared: f64, threads: f64) -> f64 {
    // TODO: solve the formula for serial.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn from_two_measurements_to_any_number_of_threads() {
        let serial = serial_part(0.20, 0.13, 2.0);
        assert!(close(serial, 0.3), "{serial}");
        assert!(close(time(0.20, serial, 2.0), 0.13));
        // With threads without end, the serial part is what is left.
        assert!((time(0.20, serial, 1e9) - 0.06).abs() < 1e-9);
    }

    #[test]
    fn the_two_functions_undo_each_other() {
        for threads in [2.0, 3.0, 16.0] {
            for serial in [0.0, 0.1, 0.95, 1.0] {
                assert!(close(serial_part(5.0, time(5.0, serial, threads), threads), serial));
            }
        }
    }

    #[test]
    fn one_thread_is_one_thread() {
        assert!(close(time(7.0, 0.4, 1.0), 7.0));
    }
}
