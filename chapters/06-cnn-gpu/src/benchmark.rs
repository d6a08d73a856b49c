//! Times of every kernel on this GPU, beside the least that they can be.
//!
//! The floor of a time follows from three rates that are measured too: its operations
//! at the rate of a kernel that only computes, or its bytes at the rate of a copy,
//! whichever takes longer; and its dispatches at the cost of an empty one. Bytes count
//! once for each dispatch that needs them, as if caches were perfect within a dispatch
//! and empty after it.

use std::ops::Range;

use cnn_naive::Window;
use cnn_naive::network::Gradients;
use common::{Result, sample_rows, seeded};
use ndarray::Array2;

use crate::conv::{Algorithm, Conv};
use crate::conv30_network::{self, Conv30Network};
use crate::dataset::{DeviceDataset, MAX_STEPS};
use crate::gpu::Gpu;
use crate::kernel::Kernel;
use crate::matmul::matmul;
use crate::one_filter_network::OneFilterNetwork;
use crate::stopwatch::{EMPTY, Stopwatch};

/// Multiplies and adds, and nothing else.
const ARITHMETIC: Kernel = Kernel("arithmetic", &[include_str!("kernels/arithmetic.wgsl")]);

/// One line of the table, for one run of what it names.
#[allow(missing_docs)]
pub struct Measurement {
    pub name: String,
    pub dispatches: usize,
    pub operations: f64, // additions and multiplications
    pub bytes: f64,      // read and written
    pub floor: f64,      // the least seconds that it can take here
    pub seconds: f64,
}

/// The measurements of one GPU, and the rates behind their floors.
#[allow(missing_docs)]
pub struct Benchmark<'a> {
    stopwatch: Stopwatch<'a>,
    pub rates: Rates,
    pub measurements: Vec<Measurement>,
}

/// What limits a kernel, and a submission.
#[allow(missing_docs)]
pub struct Rates {
    pub dispatch: f64,   // seconds of an empty one, with the barrier behind it
    pub arithmetic: f64, // operations a second
    pub memory: f64,     // bytes a second of a copy on the GPU, read and written
    pub submission: f64, // seconds of an empty one, until the processor knows that it is done
    pub upload: f64,     // bytes a second to the GPU
    pub download: f64,   // bytes a second back from it
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

impl Benchmark<'_> {
    /// Measures steps of both networks with batches of `batch` images, and convolutions
    /// and a product, smaller ones on software.
    pub fn measure(gpu: &Gpu, batch: usize) -> Result<Benchmark<'_>> {
        let stopwatch = Stopwatch::best(gpu)?;
        let rates = Rates::measure(stopwatch)?;
        let mut benchmark = Benchmark { stopwatch, rates, measurements: Vec::new() };
        benchmark.networks(batch)?;
        for algorithm in [Algorithm::Naive, Algorithm::Tiled] {
            benchmark.convolution(algorithm, batch)?;
        }
        benchmark.matmul()?;
        Ok(benchmark)
    }

    /// Steps of both networks, on a thousand images of all greys.
    fn networks(&mut self, batch: usize) -> Result {
        let (gpu, n) = (self.stopwatch.gpu, batch as f64);
        let x =
            Array2::from_shape_fn((1000, 784), |(n, p)| ((n * 31 + p * 7) % 256) as f32 / 255.0);
        let t = Array2::from_shape_fn((1000, 10), |(n, k)| f32::from(u8::from(n % 10 == k)));
        let dataset = DeviceDataset::upload(gpu, &x, &t)?;
        let rows = sample_rows(1000, batch * MAX_STEPS, &mut seeded(1));

        let network = OneFilterNetwork::new(gpu, &dataset, batch)?;
        let (f, bc, wo, bo) = cnn_naive::network::init_params(&mut seeded(1));
        let rates = Gradients::Article.rates(0.0, batch); // every step does the same
        network.set_parameters(gpu, [&f, &bc, &wo, &bo], rates);
        let parameters = 4.0 * 6371.0;
        let (convolution, layer) = (2.0 * 576.0 * 25.0, 2.0 * 576.0 * 10.0);
        let image = 4.0 * 613.0;
        let kernels = [
            ("images", n * 2.0 * (convolution + layer), n * (788.0 + image) + parameters),
            ("update", n * 2.0 * layer, n * image + 2.0 * parameters),
        ];
        self.step("article", &kernels, |part, runs| {
            network.submit(gpu, &rows[..runs * batch], part).map(drop)
        })?;

        let w = conv30_network::start::<f32>(&mut seeded(1));
        let mut network = Conv30Network::new(gpu, &dataset, batch, &w)?;
        let (pooled, weights) = (4.0 * 4320.0, 4.0 * 432_000.0);
        let layer = 2.0 * 432_000.0;
        let back = layer + 2.0 * 4320.0 * 26.0;
        let adam = 12.0 * 432_000.0;
        let kernels = [
            ("convolution, pool", n * 2.0 * 30.0 * 576.0 * 25.0, n * (788.0 + 2.0 * pooled)),
            ("hidden layer", n * layer, n * (pooled + 12_000.0) + weights),
            ("head", n * (3_000.0 + 4_000.0), n * 12_900.0),
            ("back to filters", n * back, n * (2.0 * pooled + 788.0) + weights),
            ("weights, Adam", n * layer + adam, n * pooled + 6.0 * weights),
            ("the rest, Adam", n * 3_000.0, n * 1_300.0),
        ];
        self.step("30 filters", &kernels, |part, runs| {
            network.submit(gpu, &rows[..runs * batch], 0.0, part).map(drop)
        })
    }

    /// Each kernel of a network's step, `(name, operations, bytes)`, and the whole step.
    fn step(
        &mut self,
        network: &str,
        kernels: &[(&str, f64, f64)],
        mut submit: impl FnMut(Range<usize>, usize) -> Result,
    ) -> Result {
        let mut total = (0.0, 0.0);
        for (k, &(name, operations, bytes)) in kernels.iter().enumerate() {
            let name = format!("{network}: {name}");
            self.add(name, 1, (operations, bytes), MAX_STEPS, |runs| submit(k..k + 1, runs))?;
            total = (total.0 + operations, total.1 + bytes);
        }
        let all = kernels.len();
        let name = format!("{network}: whole step");
        self.add(name, all, total, MAX_STEPS, |runs| submit(0..all, runs))
    }

    /// 64 filters of 3 x 3 on 32 channels of 28 x 28; less of all on software.
    fn convolution(&mut self, algorithm: Algorithm, batch: usize) -> Result {
        let gpu = self.stopwatch.gpu;
        let (images, filters, c, side) =
            if gpu.software { (1, 16, 4, 14) } else { (batch, 64, 32, 28) };
        let window = Window { stride: 1, padding: 1 };
        let conv = Conv::new(gpu, (images, c, side, side), (filters, c, 3, 3), window, algorithm)?;
        let numbers: Vec<f32> = (0..conv.out.len).map(|k| (k % 7) as f32 - 3.0).collect();
        for array in [&conv.x, &conv.w, &conv.dout] {
            array.write(gpu, 0, &numbers[..array.len]);
        }
        let (pixels, weights) = (images * side * side, filters * c * 9);
        let operations = 2.0 * (pixels * weights) as f64;
        let bytes = 4.0 * (pixels * (c + filters) + weights) as f64;
        let algorithm = format!("{algorithm:?}").to_lowercase();
        let passes = [
            ("forward", vec![&conv.forward]),
            ("dx", vec![&conv.backward_x]),
            ("dw", conv.backward_w.iter().collect()),
        ];
        for (pass, work) in passes {
            let name = format!("{filters} filters on {c} channels, {algorithm}: {pass}");
            self.add(name, work.len(), (operations, bytes), 1, |_| gpu.submit(work.clone()))?;
        }
        Ok(())
    }

    fn matmul(&mut self) -> Result {
        let gpu = self.stopwatch.gpu;
        let side = if gpu.software { 64 } else { 2048 };
        let array = |name| gpu.array(name, side * side);
        let work = matmul(gpu, (side, side, side), [&array("a")?, &array("b")?, &array("c")?])?;
        let costs = (2.0 * (side as f64).powi(3), 12.0 * (side as f64).powi(2));
        let name = format!("product of {side} x {side}");
        self.add(name, 1, costs, 1, |_| gpu.submit([&work]))
    }

    /// Measures one line of the table: see [`Stopwatch::time`].
    fn add(
        &mut self,
        name: String,
        dispatches: usize,
        (operations, bytes): (f64, f64),
        most: usize,
        submit: impl FnMut(usize) -> Result,
    ) -> Result {
        let seconds = self.stopwatch.time(most, submit)?;
        let work = (operations / self.rates.arithmetic).max(bytes / self.rates.memory);
        let floor = work + dispatches as f64 * self.rates.dispatch;
        self.measurements.push(Measurement { name, dispatches, operations, bytes, floor, seconds });
        Ok(())
    }

    /// Everything as a table.
    pub fn table(&self) -> String {
        let clock = if self.stopwatch.gpu_clock { "its own" } else { "the processor's" };
        let rates = &self.rates;
        let mut text = format!(
            "{}, by {clock} clock\n\
             an empty dispatch {:.2} us; arithmetic {:.1} GFLOP/s; copy {:.1} GB/s\n\
             an empty submission {:.0} us until the processor knows; to the GPU {:.1} GB/s, back {:.1} GB/s\n\
             {:<40} dispatches     Mflop        MB  floor us         us   GFLOP/s\n",
            self.stopwatch.gpu.name,
            rates.dispatch * 1e6,
            rates.arithmetic * 1e-9,
            rates.memory * 1e-9,
            rates.submission * 1e6,
            rates.upload * 1e-9,
            rates.download * 1e-9,
            ""
        );
        for Measurement { name, dispatches, operations, bytes, floor, seconds } in
            &self.measurements
        {
            text += &format!(
                "{name:<40} {dispatches:>10} {:>9.2} {:>9.2} {:>9.1} {:>10.1} {:>9.1}\n",
                operations * 1e-6,
                bytes * 1e-6,
                floor * 1e6,
                seconds * 1e6,
                operations / seconds * 1e-9
            );
        }
        text
    }
}
