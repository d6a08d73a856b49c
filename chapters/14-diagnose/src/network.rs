//! One of the two networks with its parameters, its memory, and its step.

use common::batch::take_rows;
use common::{Real, Result, Rng, accuracy};
use ndarray::{Array2, ArrayRef2};

pub use crate::cnn::Mode;

use crate::bug::Bug;
use crate::images::BATCH_SIZE;
use crate::loss::{logits_grad, loss, softmax};
use crate::{cnn, mlp, optimiser};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lesson 02's hidden layer of sigmoids, with momentum.
    Mlp,
    /// Convolution, ReLU, pool, batch norm, dropout and an affine layer, with Adam.
    Cnn,
}

/// A network, healthy or with a bug.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Network<F> {
    pub kind: Kind,
    pub bug: Bug,
    pub w: Vec<Array2<F>>, // parameters: see `mlp::NAMES` and `cnn::NAMES`
    pub v: Vec<Array2<F>>, // momentum's velocities, Adam's means, shapes as those of w
    pub s: Vec<Array2<F>>, // Adam's means of squares, the same
    pub running: [Array2<F>; 2], // batch norm's running mean and variance, (1, 160)
    pub steps: usize,
}

/// What a forward pass computed.
#[allow(missing_docs, clippy::large_enum_variant)] // there is one at a time
pub enum Activations<F> {
    Mlp { h: Array2<F>, z: Array2<F> },
    Cnn(cnn::Activations<F>),
}

impl<F: Real> Activations<F> {
    /// The logits `(N, 10)`.
    pub fn logits(&self) -> &Array2<F> {
        match self {
            Activations::Mlp { z, .. } => z,
            Activations::Cnn(a) => &a.z,
        }
    }
}

/// What a training step computed before its update.
#[allow(missing_docs)]
pub struct Pass<F> {
    pub activations: Activations<F>,
    pub loss: f64,
    pub accuracy: f64,      // %, of the batch
    pub dw: Vec<Array2<F>>, // gradients, in the order of the parameters
}

impl<F: Real> Network<F> {
    /// With its first weights.
    pub fn new(kind: Kind, bug: Bug, rng: &mut Rng) -> Network<F> {
        let w = match kind {
            Kind::Mlp => mlp::initialise(bug, rng),
            Kind::Cnn => cnn::initialise(bug, rng),
        };
        let zeros = || w.iter().map(|w| Array2::zeros(w.raw_dim())).collect();
        let running = [Array2::zeros((1, 160)), Array2::ones((1, 160))];
        Network { kind, bug, v: zeros(), s: zeros(), w, running, steps: 0 }
    }

    /// The names of the parameters.
    pub fn names(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Mlp => &mlp::NAMES,
            Kind::Cnn => &cnn::NAMES,
        }
    }

    /// Images `x (N, 784)` to activations. Fails if batch norm gets a single image.
    pub fn forward(&self, x: &ArrayRef2<F>, mode: Mode, rng: &mut Rng) -> Result<Activations<F>> {
        Ok(match self.kind {
            Kind::Mlp => {
                let (h, z) = mlp::forward(x, &self.w);
                Activations::Mlp { h, z }
            }
            Kind::Cnn => {
                let a = cnn::forward(x, &self.w, &self.running, mode, self.bug, rng)?;
                Activations::Cnn(a)
            }
        })
    }

    /// Images `x (N, 784)` to probabilities `y (N, 10)`.
    /// Fails if batch norm gets a single image.
    pub fn predict(&self, x: &ArrayRef2<F>, mode: Mode, rng: &mut Rng) -> Result<Array2<F>> {
        Ok(softmax(self.forward(x, mode, rng)?.logits(), self.bug))
    }

    /// Forward and backward on a batch `x (N, 784)`, `t (N, 10)`, without an update.
    /// Fails if batch norm gets a single image.
    pub fn pass(&self, x: &ArrayRef2<F>, t: &ArrayRef2<F>, rng: &mut Rng) -> Result<Pass<F>> {
        // Forward
        let activations = self.forward(x, Mode::Train, rng)?;
        let y = softmax(activations.logits(), self.bug); // (N, 10)
        let (loss, accuracy) = (loss(&y, t, self.bug), accuracy(&y, t));
        // Backward
        let dz = logits_grad(&y, t, self.bug); // (N, 10)
        let dw = match &activations {
            Activations::Mlp { h, .. } => mlp::backward(&dz, x, &self.w, h),
            Activations::Cnn(a) => cnn::backward(&dz, x, &self.w, a, self.bug),
        };
        Ok(Pass { activations, loss, accuracy, dw })
    }

    /// One step of the optimiser, from what [`Network::pass`] computed.
    pub fn update(&mut self, pass: &Pass<F>) {
        self.steps += 1;
        for (k, dw) in pass.dw.iter().enumerate() {
            let (w, v, s) = (&mut self.w[k], &mut self.v[k], &mut self.s[k]);
            match self.kind {
                Kind::Mlp => optimiser::momentum(w, dw, v, self.bug),
                Kind::Cnn => optimiser::adam(w, dw, (v, s), self.steps, self.bug),
            }
        }
        if let Activations::Cnn(cnn::Activations { cache: Some(cache), .. }) = &pass.activations {
            cnn::update_running(&mut self.running, cache, self.bug);
        }
    }

    /// Loss and accuracy in % on `x (N, 784)` and `t (N, 10)` in test mode, batch by batch; and
    /// how many images were counted.
    /// Fails if batch norm gets a single image.
    pub fn test(
        &self,
        x: &ArrayRef2<F>,
        t: &ArrayRef2<F>,
        rng: &mut Rng,
    ) -> Result<(f64, f64, usize)> {
        let (mut sum, mut right, mut counted) = (0.0, 0.0, 0);
        for rows in (0..x.nrows()).collect::<Vec<_>>().chunks(BATCH_SIZE) {
            let (x, t) = (take_rows(x, rows), take_rows(t, rows)); // (100, 784), (100, 10)
            let y = self.predict(&x, Mode::Test, rng)?; // (100, 10)
            sum += loss(&y, &t, self.bug) * rows.len() as f64;
            right += accuracy(&y, &t) * rows.len() as f64;
            counted += rows.len();
            if self.bug == Bug::EarlyReturn {
                break; // `return` stood one level too deep
            }
        }
        Ok((sum / counted as f64, right / counted as f64, counted))
    }

    /// All parameters as a file holds them: array after array, row after row.
    pub fn saved(&self) -> Vec<F> {
        let mut numbers = Vec::new();
        for w in &self.w {
            match self.bug {
                Bug::TransposedWeights => numbers.extend(w.t().iter()), // column after column
                _ => numbers.extend(w.iter()),
            }
        }
        numbers
    }

    /// Reads what [`Network::saved`] wrote: array after array, row after row.
    /// Panics if there are too few numbers.
    pub fn load(&mut self, numbers: &[F]) {
        let mut numbers = numbers.iter();
        self.w.iter_mut().flatten().for_each(|w| *w = *numbers.next().expect("as many as saved"));
    }
}
