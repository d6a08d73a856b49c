//! Schedules of the learning rate, as a factor of the largest. `done` is the share
//! of training that is over, from 0 to 1.

/// 1 for the first half of training, 0.3 for the next quarter, 0.1 for the last.
pub fn steps(done: f64) -> f64 {
    match done {
        ..0.5 => 1.0,
        ..0.75 => 0.3,
        _ => 0.1,
    }
}

/// One cycle: from 0.1 up to 1 in a straight line until the share `warm` of training
/// is over, then down to 0 in a straight line. L. N. Smith, N. Topin,
/// "Super-convergence: very fast training of neural networks using large learning
/// rates", 2019.
pub fn one_cycle(done: f64, warm: f64) -> f64 {
    let done = done.clamp(0.0, 1.0);
    if done < warm { 0.1 + 0.9 * done / warm } else { (1.0 - done) / (1.0 - warm) }
}
