//! The rates of this GPU, measured: they bound how fast a kernel can be.

use common::Result;

use crate::kernel::Kernel;
use crate::stopwatch::{EMPTY, Stopwatch};

/// Multiplies and adds, and nothing else.
const ARITHMETIC: Kernel = Kernel("arithmetic", &[include_str!("kernels/arithmetic.wgsl")]);

/// What limits a kernel, and a submission.
pub struct Rates {
    /// Seconds of an empty dispatch, with the barrier behind it.
    pub dispatch: f64,
    /// Operations a second, at most.
    pub arithmetic: f64,
    /// Bytes a second of a copy within the GPU's memory, read and written.
    pub memory: f64,
    /// Seconds of an empty submission, until the processor knows that it is done.
    pub submission: f64,
    /// Bytes a second to the GPU.
    pub upload: f64,
    /// Bytes a second back from it.
    pub download: f64,
}

impl Rates {
    /// Measures them, with less work on software.
    pub fn measure(stopwatch: Stopwatch) -> Result<Rates> {
        let gpu = stopwatch.gpu;
        let by_processor = Stopwatch { gpu, gpu_clock: false };
        let spare = gpu.array("spare", 1 << 20)?;
        let empty = EMPTY.dispatch(gpu, &[], &[&spare], [1, 1, 1])?;
        let dispatch = stopwatch.time(250, |n| gpu.submit(vec![&empty; n]))?;
        let submission = by_processor.time(1, |_| gpu.submit([&empty]))?;

        let (rounds, groups) = if gpu.software { (256, 16) } else { (4096, 4096) };
        let work = ARITHMETIC.dispatch(gpu, &[("ROUNDS", rounds)], &[&spare], [groups, 1, 1])?;
        let seconds = stopwatch.time(1, |n| gpu.submit(vec![&work; n]))?;
        // 32 sums, 2 operations each, on each of 256 threads
        let arithmetic = (rounds * groups * 256 * 64) as f64 / seconds;

        let (len, copies) = if gpu.software { (1 << 20, 1) } else { (1 << 24, 20) }; // 4, 64 MB
        let (from, to) = (gpu.array("from", len)?, gpu.array("to", len)?);
        let seconds = by_processor.time(1, |_| {
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            for _ in 0..copies {
                encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, 4 * len as u64);
            }
            gpu.queue.submit([encoder.finish()]);
            gpu.healthy()
        })?;
        let memory = (copies * 8 * len) as f64 / seconds;

        let numbers = vec![1.0_f32; 1 << 22]; // 16 MB
        let array = gpu.array("numbers", numbers.len())?;
        let upload = by_processor.time(1, |_| {
            array.write(gpu, 0, &numbers);
            gpu.submit([])
        })?;
        let download = by_processor.time(1, |_| array.read(gpu).map(drop))?;
        let [upload, download] = [upload, download].map(|s| (4 * numbers.len()) as f64 / s);
        Ok(Rates { dispatch, arithmetic, memory, submission, upload, download })
    }
}
