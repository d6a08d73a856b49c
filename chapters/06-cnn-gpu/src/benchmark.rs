//! Times of every kernel on this GPU, beside the least that they can be.
//!
//! The floor of a time follows from three rates that are measured too: its operations
//! at the rate of a kernel that only computes, or its bytes at the rate of a copy,
//! whichever takes longer; and its dispatches at the cost of an empty one. Bytes count
//! once for each dispatch that needs them, as if caches were perfect within a dispatch
//! and empty after it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use cnn_naive::Window;
use cnn_naive::network::Gradients;
use common::{Result, files, sample_rows, seeded};
use ndarray::Array2;

use crate::conv::{Algorithm, Conv};
use crate::conv30_network::{self, Conv30Network};
use crate::dataset::{DeviceDataset, MAX_STEPS};
use crate::gpu::Gpu;
use crate::matmul::matmul;
use crate::one_filter_network::OneFilterNetwork;
use crate::rates::Rates;
use crate::stopwatch::Stopwatch;

/// One line of the table.
pub struct Measurement {
    /// What was measured.
    pub name: String,
    /// Dispatches of one run.
    pub dispatches: usize,
    /// Additions and multiplications of one run.
    pub operations: f64,
    /// Bytes that one run reads and writes.
    pub bytes: f64,
    /// Seconds of one run.
    pub seconds: f64,
}

/// The measurements of one GPU.
pub struct Benchmark<'a> {
    stopwatch: Stopwatch<'a>,
    /// The rates behind the floors.
    pub rates: Rates,
    /// The lines of the table.
    pub measurements: Vec<Measurement>,
}

/// Measures everything with batches of `batch` images, prints the table and writes it
/// to `path`.
pub fn run(gpu: &Gpu, batch: usize, path: &Path) -> Result {
    let table = Benchmark::measure(gpu, batch)?.table();
    print!("{table}");
    files::write(path, |file| Ok(file.write_all(table.as_bytes())?))
}

impl Benchmark<'_> {
    /// Measures steps of both networks with batches of `batch` images, and convolutions
    /// and a product, smaller ones on software.
    pub fn measure(gpu: &Gpu, batch: usize) -> Result<Benchmark<'_>> {
        let stopwatch = Stopwatch::best(gpu)?;
        let rates = Rates::measure(stopwatch)?;
        let mut benchmark = Benchmark { stopwatch, rates, measurements: Vec::new() };
        // A thousand images of all greys, and the rows of the batches of a submission
        let x =
            Array2::from_shape_fn((1000, 784), |(n, p)| ((n * 31 + p * 7) % 256) as f32 / 255.0);
        let t = Array2::from_shape_fn((1000, 10), |(n, k)| f32::from(u8::from(n % 10 == k)));
        let dataset = DeviceDataset::upload(gpu, &x, &t)?;
        let rows = sample_rows(1000, batch * MAX_STEPS, &mut seeded(1));
        benchmark.one_filter_network(&dataset, &rows)?;
        benchmark.conv30_network(&dataset, &rows)?;
        for algorithm in [Algorithm::Naive, Algorithm::Tiled] {
            benchmark.convolution(algorithm, batch)?;
        }
        benchmark.matmul()?;
        Ok(benchmark)
    }

    fn one_filter_network(&mut self, dataset: &DeviceDataset, rows: &[usize]) -> Result {
        let batch = rows.len() / MAX_STEPS;
        let (gpu, n) = (self.stopwatch.gpu, batch as f64);
        let network = OneFilterNetwork::new(gpu, dataset, batch)?;
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
            network.submit_part(gpu, &rows[..runs * batch], part).map(drop)
        })
    }

    fn conv30_network(&mut self, dataset: &DeviceDataset, rows: &[usize]) -> Result {
        let batch = rows.len() / MAX_STEPS;
        let (gpu, n) = (self.stopwatch.gpu, batch as f64);
        let w = conv30_network::start::<f32>(&mut seeded(1));
        let mut network = Conv30Network::new(gpu, dataset, batch, &w)?;
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
            network.submit_part(gpu, &rows[..runs * batch], 0.0, part).map(drop)
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
        self.measurements.push(Measurement { name, dispatches, operations, bytes, seconds });
        Ok(())
    }

    /// The least seconds that a measured run can take here.
    pub fn floor(&self, run: &Measurement) -> f64 {
        let work = (run.operations / self.rates.arithmetic).max(run.bytes / self.rates.memory);
        work + run.dispatches as f64 * self.rates.dispatch
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
        for run in &self.measurements {
            let _ = writeln!(
                text,
                "{:<40} {:>10} {:>9.2} {:>9.2} {:>9.1} {:>10.1} {:>9.1}",
                run.name,
                run.dispatches,
                run.operations * 1e-6,
                run.bytes * 1e-6,
                self.floor(run) * 1e6,
                run.seconds * 1e6,
                run.operations / run.seconds * 1e-9
            );
        }
        text
    }
}
