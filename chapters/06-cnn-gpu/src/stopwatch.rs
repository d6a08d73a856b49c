//! A stopwatch for work on the GPU.

use std::time::Instant;

use common::Result;

use crate::gpu::Gpu;
use crate::kernel::Kernel;

/// Does nothing: the cost of a dispatch.
pub const EMPTY: Kernel = Kernel("empty", &[include_str!("kernels/empty.wgsl")]);

const DURATION: f64 = 0.2; // seconds of a measurement, about
const SAMPLES: usize = 5;

/// Times submissions by the GPU's clock, which counts its own work alone; or by the
/// processor's, with the submission and the wait for its end.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Stopwatch<'a> {
    pub gpu: &'a Gpu,
    pub gpu_clock: bool,
}

impl<'a> Stopwatch<'a> {
    /// With the GPU's clock, if it has one that moves.
    pub fn best(gpu: &'a Gpu) -> Result<Stopwatch<'a>> {
        let spare = gpu.array("spare", 64)?;
        let empty = EMPTY.dispatch(gpu, &[], &[&spare], [1, 1, 1])?;
        gpu.submit([&empty; 100])?;
        Ok(Stopwatch { gpu, gpu_clock: seconds_of_last_pass(gpu)?.is_some() })
    }

    /// Seconds of one run: the fastest of some submissions of up to `most` runs each.
    /// `submit(n)` submits `n` runs and does not wait.
    pub fn time(self, most: usize, mut submit: impl FnMut(usize) -> Result) -> Result<f64> {
        let mut sample = |runs: usize| -> Result<f64> {
            self.gpu.wait()?;
            let start = Instant::now();
            submit(runs)?;
            self.gpu.wait()?;
            let by_processor = start.elapsed().as_secs_f64();
            let by_gpu = if self.gpu_clock { seconds_of_last_pass(self.gpu)? } else { None };
            Ok(by_gpu.unwrap_or(by_processor) / runs as f64)
        };
        sample(1)?; // warms up
        let mut best = sample(1)?;
        let runs = ((DURATION / SAMPLES as f64 / best) as usize).clamp(1, most);
        let start = Instant::now();
        for _ in 0..SAMPLES {
            best = best.min(sample(runs)?);
            if start.elapsed().as_secs_f64() > DURATION {
                break;
            }
        }
        Ok(best)
    }
}

/// Seconds between begin and end of the last submission by the GPU's clock; `None` if it
/// has none. Waits.
fn seconds_of_last_pass(gpu: &Gpu) -> Result<Option<f64>> {
    let Some(timestamps) = &gpu.timestamps else { return Ok(None) };
    let ticks = gpu.array("timestamps", 4)?; // two of 64 bits
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.resolve_query_set(timestamps, 0..2, &ticks.buffer, 0);
    gpu.queue.submit([encoder.finish()]);
    let words: Vec<u32> = ticks.read_range(gpu, 0..4)?;
    let ticks = |k: usize| u64::from(words[2 * k]) | u64::from(words[2 * k + 1]) << 32;
    let elapsed = ticks(1).saturating_sub(ticks(0)) as f64;
    let seconds = elapsed * f64::from(gpu.queue.get_timestamp_period()) * 1e-9;
    Ok((seconds > 0.0).then_some(seconds)) // some clocks stand still
}
