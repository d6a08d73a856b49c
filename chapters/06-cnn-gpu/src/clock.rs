//! A stopwatch for work on the GPU, and what it says of memory and transfers.

use std::time::Instant;

use common::Result;

use crate::gpu::{Dispatch, Gpu};
use crate::sources;

/// A measurement takes about so long, in seconds; less where once is enough.
const PATIENCE: f64 = 0.2;
const SAMPLES: usize = 5;

/// Whose clock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The GPU's own: what the processor does in between does not count.
    Gpu,
    /// The processor's: with the submission, and the wait for its end.
    Processor,
}

impl Clock {
    /// The GPU's, if it has one that moves.
    pub fn of(gpu: &Gpu) -> Result<Clock> {
        let spare = gpu.array("spare", 64)?;
        let nothing = gpu.kernel(&sources::NOTHING, &[])?.on(gpu, &[&spare], [1, 1, 1]);
        gpu.submit(repeat(&[&nothing], 100), |_| ())?;
        Ok(gpu.seconds_of_last_pass()?.map_or(Clock::Processor, |_| Clock::Gpu))
    }

    /// Seconds of one run: the fastest of some submissions of up to `most` runs each.
    /// `submit(n)` hands over `n` runs and does not wait.
    pub fn time(
        self,
        gpu: &Gpu,
        most: usize,
        mut submit: impl FnMut(usize) -> Result,
    ) -> Result<f64> {
        let mut once = |runs: usize| -> Result<f64> {
            gpu.wait()?;
            let began = Instant::now();
            submit(runs)?;
            gpu.wait()?;
            let by_processor = began.elapsed().as_secs_f64();
            let seconds = match self {
                Clock::Gpu => gpu.seconds_of_last_pass()?.unwrap_or(by_processor),
                Clock::Processor => by_processor,
            };
            Ok(seconds / runs as f64)
        };
        once(1)?; // compiles what is left to compile, and warms up
        let one = once(1)?;
        let runs = ((PATIENCE / SAMPLES as f64 / one) as usize).clamp(1, most);
        let mut best = one;
        let began = Instant::now();
        for _ in 0..SAMPLES {
            best = best.min(once(runs)?);
            if began.elapsed().as_secs_f64() > PATIENCE {
                break;
            }
        }
        Ok(best)
    }
}

/// `work` so many times over.
pub fn repeat<'a>(work: &[&'a Dispatch], times: usize) -> Vec<&'a Dispatch> {
    work.repeat(times)
}

/// Bytes a second, read and written, of a copy within the GPU's memory.
pub fn copy_rate(gpu: &Gpu) -> Result<f64> {
    let len = if gpu.software { 1 << 20 } else { 1 << 24 }; // 4 or 64 MB
    let (from, to) = (gpu.array("from", len)?, gpu.array("to", len)?);
    let copies = if gpu.software { 1 } else { 20 };
    let seconds = Clock::Processor.time(gpu, 1, |_| {
        gpu.submit([], |encoder| {
            for _ in 0..copies {
                encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, 4 * len as u64);
            }
        })
    })?;
    Ok((copies * 8 * len) as f64 / seconds)
}

/// Bytes a second to the GPU, and back.
pub fn transfer_rates(gpu: &Gpu) -> Result<[f64; 2]> {
    let len = 1 << 22; // 16 MB
    let numbers = vec![1.0; len];
    let array = gpu.array("numbers", len)?;
    let up = Clock::Processor.time(gpu, 1, |_| {
        array.write(gpu, 0, &numbers);
        gpu.submit([], |_| ())
    })?;
    let down = Clock::Processor.time(gpu, 1, |_| array.read(gpu).map(drop))?;
    Ok([up, down].map(|seconds| (4 * len) as f64 / seconds))
}
