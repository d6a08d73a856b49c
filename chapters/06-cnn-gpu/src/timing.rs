//! How long things take on this GPU, and how long they must take at least.
//!
//! The floor of a figure is what three rates imply, all measured here: its operations
//! at the rate of a kernel that does nothing else, or its bytes at the rate of a copy,
//! whichever takes longer; and its dispatches at the cost of an empty one. Bytes are
//! counted once for each dispatch that needs them, as if caches were perfect within a
//! dispatch and forgot everything after it.

use std::fmt::Write;

use cnn_naive::Window;
use cnn_naive::network::Gradients;
use common::{Result, sample_rows, seeded};
use ndarray::Array2;

use crate::article;
use crate::clock::{Clock, copy_rate, repeat, transfer_rates};
use crate::conv::{Conv, Way};
use crate::digits::Digits;
use crate::gpu::{Dispatch, Gpu};
use crate::product::Product;
use crate::{simple, sources};

/// What one measurement has found.
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// Dispatches of one run.
    pub dispatches: usize,
    /// Additions and multiplications of one run.
    pub operations: f64,
    /// Bytes that one run reads and writes.
    pub bytes: f64,
    /// Seconds of one run: by the GPU's clock if it has one, else by the processor's.
    pub seconds: f64,
}

/// All figures, and the three rates behind their floors.
pub struct Times {
    /// What was measured on.
    pub gpu: String,
    /// Whether `seconds` are the GPU's own.
    pub by_its_clock: bool,
    /// Seconds of an empty dispatch, with the barrier behind it.
    pub dispatch: f64,
    /// Operations a second, at most.
    pub arithmetic: f64,
    /// Bytes a second of a copy, read and written.
    pub memory: f64,
    /// Seconds of an empty submission, until the processor knows that it is done.
    pub submission: f64,
    /// Bytes a second to the GPU and back from it.
    pub transfers: [f64; 2],
    /// What was measured.
    pub figures: Vec<Figure>,
}

/// Measures everything: steps of both networks with `batch` images, and convolutions
/// and products, smaller ones on software.
///
/// # Errors
/// If the GPU has not the memory, or was lost.
pub fn measure(gpu: &Gpu, batch: usize) -> Result<Times> {
    let by_its_clock = Clock::of(gpu)?;
    let spare = gpu.array("spare", 1 << 20)?;
    let nothing = gpu.kernel(&sources::NOTHING, &[])?.on(gpu, &[&spare], [1, 1, 1]);
    let dispatch = by_its_clock.time(gpu, 250, |n| gpu.submit(repeat(&[&nothing], n), |_| ()))?;
    let submission = Clock::Processor.time(gpu, 1, |_| gpu.submit([&nothing], |_| ()))?;
    // 32 sums, 2 operations each, on every thread
    let (rounds, groups) = if gpu.software { (256, 16) } else { (4096, 4096) };
    let constants = [("ROUNDS", rounds)];
    let kernel = gpu.kernel(&sources::ARITHMETIC, &constants)?;
    let work = kernel.on(gpu, &[&spare], [groups, 1, 1]);
    let seconds = by_its_clock.time(gpu, 1, |n| gpu.submit(repeat(&[&work], n), |_| ()))?;
    let arithmetic = (rounds * groups * 256 * 64) as f64 / seconds;
    let mut times = Times {
        gpu: gpu.name.clone(),
        by_its_clock: by_its_clock == Clock::Gpu,
        dispatch,
        arithmetic,
        memory: copy_rate(gpu)?,
        submission,
        transfers: transfer_rates(gpu)?,
        figures: Vec::new(),
    };
    times.article(gpu, by_its_clock, batch)?;
    times.simple(gpu, by_its_clock, batch)?;
    times.convolutions(gpu, by_its_clock, batch)?;
    Ok(times)
}

impl Times {
    fn article(&mut self, gpu: &Gpu, clock: Clock, batch: usize) -> Result {
        let n = batch as f64;
        let (digits, rows) = some_digits(gpu, batch)?;
        let training = article::Training::new(gpu, &digits, batch)?;
        let (f, bc, wo, bo) = cnn_naive::network::init_params(&mut seeded(1));
        let rates = Gradients::Article.rates(0.0, batch); // every step does the same
        training.start(gpu, (&f, &bc, &wo, &bo), rates);
        let parameters = 4.0 * 6371.0;
        let convolution = 2.0 * 576.0 * 25.0;
        let layer = 2.0 * 576.0 * 10.0;
        let of_image = 4.0 * 613.0;
        let parts: [(&str, &[usize], f64, f64); 3] = [
            (
                "article: images",
                &[0],
                n * 2.0 * (convolution + layer),
                n * (788.0 + of_image) + parameters,
            ),
            ("article: update", &[1], n * 2.0 * layer, n * of_image + 2.0 * parameters),
            ("article: whole step", &[0, 1], 0.0, 0.0), // the sum of the two
        ];
        let first = self.figures.len();
        for (name, which, operations, bytes) in parts {
            let work: Vec<&Dispatch> = which.iter().map(|&k| &training.step[k]).collect();
            let seconds = clock.time(gpu, 250, |runs| training.repeat(gpu, &rows, &work, runs))?;
            self.add(name, work.len(), operations, bytes, seconds, first);
        }
        Ok(())
    }

    fn simple(&mut self, gpu: &Gpu, clock: Clock, batch: usize) -> Result {
        let n = batch as f64;
        let (digits, rows) = some_digits(gpu, batch)?;
        let w = simple::start::<f32>(&mut seeded(1));
        let mut training = simple::Training::new(gpu, &digits, batch, &w)?;
        let (pooled, weights) = (4.0 * 4320.0, 4.0 * 432_000.0);
        let layer = 2.0 * 432_000.0;
        let parts: [(&str, &[usize], f64, f64); 7] = [
            (
                "30 filters: convolution, pool",
                &[0],
                n * 2.0 * 30.0 * 576.0 * 25.0,
                n * (788.0 + 2.0 * pooled),
            ),
            ("30 filters: hidden layer", &[1], n * layer, n * (pooled + 12_000.0) + weights),
            ("30 filters: head", &[2], n * (3_000.0 + 4_000.0), n * 12_900.0),
            (
                "30 filters: back to filters",
                &[3],
                n * (layer + 2.0 * 4320.0 * 26.0),
                n * (2.0 * pooled + 788.0) + weights,
            ),
            (
                "30 filters: weights, Adam",
                &[4],
                n * layer + 12.0 * 432_000.0,
                n * pooled + 6.0 * weights,
            ),
            ("30 filters: the rest, Adam", &[5], n * 3_000.0, n * 1_300.0),
            ("30 filters: whole step", &[0, 1, 2, 3, 4, 5], 0.0, 0.0),
        ];
        let first = self.figures.len();
        for (name, which, operations, bytes) in parts {
            let seconds = clock.time(gpu, 250, |runs| training.repeat(gpu, &rows, which, runs))?;
            self.add(name, which.len(), operations, bytes, seconds, first);
        }
        Ok(())
    }

    fn convolutions(&mut self, gpu: &Gpu, clock: Clock, batch: usize) -> Result {
        // 64 filters of 3 x 3 on 32 channels of 28 x 28; software gets less of all
        let (images, filters, c, side) =
            if gpu.software { (1, 16, 4, 14) } else { (batch, 64, 32, 28) };
        let (x, w) = ((images, c, side, side), (filters, c, 3, 3));
        let window = Window { stride: 1, padding: 1 };
        let (pixels, weights) = (images * side * side, filters * c * 9);
        let operations = 2.0 * (pixels * weights) as f64;
        let bytes = 4.0 * (pixels * (c + filters) + weights) as f64;
        for way in [Way::Naive, Way::Tiled] {
            let conv = Conv::new(gpu, x, w, window, way)?;
            let numbers: Vec<f32> = (0..conv.out.len).map(|k| (k % 7) as f32 - 3.0).collect();
            for array in [&conv.x, &conv.w, &conv.dout] {
                array.write(gpu, 0, &numbers[..array.len]);
            }
            let parts = [
                ("forward", &conv.forward),
                ("dx", &conv.images_gradient),
                ("dw", &conv.filters_gradient),
            ];
            let way = format!("{way:?}").to_lowercase();
            for (name, work) in parts {
                let work: Vec<&Dispatch> = work.iter().collect();
                let seconds = clock.time(gpu, 1, |n| gpu.submit(repeat(&work, n), |_| ()))?;
                let name = format!("{filters} filters on {c} channels, {way}: {name}");
                let first = self.figures.len();
                self.add(&name, work.len(), operations, bytes, seconds, first);
            }
        }
        let side = if gpu.software { 64 } else { 2048 };
        let product = Product::new(gpu, (side, side, side))?;
        let seconds = clock.time(gpu, 1, |n| gpu.submit(repeat(&[&product.work], n), |_| ()))?;
        let (operations, bytes) = (2.0 * (side as f64).powi(3), 12.0 * (side as f64).powi(2));
        let first = self.figures.len();
        self.add(&format!("product of {side} x {side}"), 1, operations, bytes, seconds, first);
        Ok(())
    }

    /// Notes a figure; one without operations is the sum of those from `first` on.
    fn add(
        &mut self,
        name: &str,
        dispatches: usize,
        operations: f64,
        bytes: f64,
        seconds: f64,
        first: usize,
    ) {
        let sum = |of: fn(&Figure) -> f64| self.figures[first..].iter().map(of).sum();
        let (operations, bytes) = match operations {
            0.0 => (sum(|figure| figure.operations), sum(|figure| figure.bytes)),
            _ => (operations, bytes),
        };
        let name = name.to_owned();
        self.figures.push(Figure { name, dispatches, operations, bytes, seconds });
    }

    /// The least time that a figure's work can take here, in seconds.
    pub fn floor(&self, figure: &Figure) -> f64 {
        let work = (figure.operations / self.arithmetic).max(figure.bytes / self.memory);
        work + figure.dispatches as f64 * self.dispatch
    }

    /// Everything as a table.
    pub fn table(&self) -> String {
        let clock = if self.by_its_clock { "its own clock" } else { "the processor's clock" };
        let mut text = format!("{}, by {clock}\n", self.gpu);
        let _ = writeln!(
            text,
            "an empty dispatch {:.2} us; arithmetic {:.1} GFLOP/s; copy {:.1} GB/s\n\
             an empty submission {:.0} us until the processor knows; to the GPU {:.1} GB/s, back {:.1} GB/s",
            self.dispatch * 1e6,
            self.arithmetic * 1e-9,
            self.memory * 1e-9,
            self.submission * 1e6,
            self.transfers[0] * 1e-9,
            self.transfers[1] * 1e-9,
        );
        let _ = writeln!(
            text,
            "{:<40} {:>10} {:>9} {:>9} {:>9} {:>10} {:>9}",
            "", "dispatches", "Mflop", "MB", "floor us", "us", "GFLOP/s"
        );
        for figure in &self.figures {
            let _ = writeln!(
                text,
                "{:<40} {:>10} {:>9.2} {:>9.2} {:>9.1} {:>10.1} {:>9.1}",
                figure.name,
                figure.dispatches,
                figure.operations * 1e-6,
                figure.bytes * 1e-6,
                self.floor(figure) * 1e6,
                figure.seconds * 1e6,
                figure.operations / figure.seconds * 1e-9
            );
        }
        text
    }
}

/// A thousand images of all greys, and the rows of the batches of a submission.
fn some_digits(gpu: &Gpu, batch: usize) -> Result<(Digits, Vec<usize>)> {
    let x = Array2::from_shape_fn((1000, 784), |(n, p)| ((n * 31 + p * 7) % 256) as f32 / 255.0);
    let t = Array2::from_shape_fn((1000, 10), |(n, k)| f32::from(u8::from(n % 10 == k)));
    let digits = Digits::upload(gpu, &x, &t)?;
    Ok((digits, sample_rows(1000, batch * article::MOST_STEPS, &mut seeded(1))))
}
