//! The article's network: one filter, a bias for each position, ReLU, ten outputs.
//!
//! ```text
//! map[n,i,j] = sum over k,l of x[n,i+k,j+l] f[k,l]   (N, 24, 24), as (N, 576)
//! z          = map + bc                              (N, 576) + (1, 576)
//! h          = max(z, 0)                             (N, 576)
//! y          = softmax(h wo + bo)                    (N, 10) = (N, 576)(576, 10) + (1, 10)
//! ```

use common::{Real, Rng, affine, dot, init, relu, softmax, sum_rows};
use ndarray::{Array2, Array3, ArrayRef2, ArrayView3, Axis};

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Rows and columns of the filter.
pub const FILTER: usize = 5;
/// Rows and columns of the feature map.
pub const MAP: usize = SIDE - FILTER + 1;
/// Numbers of the feature map, each with its own bias and ten weights.
pub const POSITIONS: usize = MAP * MAP;
/// The digits 0 to 9.
pub const CLASSES: usize = 10;

/// Which gradients are divided by the batch size before the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Gradients {
    /// df and dbc divided by the batch size, dwo and dbo not
    Article,
    /// None divided
    Sum,
    /// All divided
    Mean,
}

impl Gradients {
    /// The learning rates for gradients that are sums over `n` images: of the
    /// filter with its biases, and of the output layer. Dividing a gradient by `n`
    /// is the same as dividing its rate by `n`.
    pub fn rates<F: Real>(self, rate: F, n: usize) -> (F, F) {
        let averaged = rate / F::of(n as f64);
        match self {
            Gradients::Article => (averaged, rate),
            Gradients::Sum => (rate, rate),
            Gradients::Mean => (averaged, averaged),
        }
    }
}

/// The initial filter `f (5, 5)`, its biases `bc (1, 576)`, and `wo (576, 10)` and
/// `bo (1, 10)` of the output layer, drawn from N(0, 1) in this order.
pub fn init_params<F: Real>(rng: &mut Rng) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    let f = init::normal((FILTER, FILTER), rng);
    let bc = init::normal((1, POSITIONS), rng);
    let wo = init::normal((POSITIONS, CLASSES), rng);
    let bo = init::normal((1, CLASSES), rng);
    (f, bc, wo, bo)
}

/// From images `x (N, 784)` to probabilities `y (N, 10)`. Returns all values: the
/// feature maps `map`, with the biases `z`, after ReLU `h`, all `(N, 576)`, and `y`.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    f: &ArrayRef2<F>,
    bc: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    bo: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    assert!(
        f.dim() == (FILTER, FILTER) && bc.dim() == (1, POSITIONS),
        "network: f {:?} and bc {:?} must be (5, 5) and (1, 576)",
        f.dim(),
        bc.dim()
    );
    let map = convolve(x, f); // (N, 576)
    let z = &map + &bc.row(0); // (N, 576) = (N, 576) + (1, 576)
    let h = relu(&z); // (N, 576)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10) = (N, 576)(576, 10) + (1, 10)
    (map, z, h, y)
}

/// Only the output `y (N, 10)`, for any number of images `x (N, 784)`: a thousand
/// at a time, since the other values of [`forward`] are large.
/// Panics if the shapes do not fit.
pub fn probabilities<F: Real>(
    x: &ArrayRef2<F>,
    f: &ArrayRef2<F>,
    bc: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    bo: &ArrayRef2<F>,
) -> Array2<F> {
    let mut y = Array2::zeros((x.nrows(), CLASSES)); // (N, 10)
    let chunks = x.axis_chunks_iter(Axis(0), 1000);
    for (x, mut y) in chunks.zip(y.axis_chunks_iter_mut(Axis(0), 1000)) {
        y.assign(&forward(&x, f, bc, wo, bo).3);
    }
    y
}

/// The gradients `df (5, 5)`, `dbc (1, 576)`, `dwo (576, 10)` and `dbo (1, 10)` of
/// the cross-entropy, **summed** over the batch, from the inputs and results of
/// [`forward`] and the targets `t (N, 10)`. [`Gradients`] decides which of them are
/// divided by `N`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    x: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    h: &ArrayRef2<F>,
    y: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    // dzo = y - t
    let dzo = y - t; // (N, 10)
    // dwo = hT dzo
    let dwo = dot(&h.t(), &dzo); // (576, 10) = (576, N)(N, 10)
    // dbo = the sum of dzo over the batch
    let dbo = sum_rows(&dzo); // (1, 10)
    // dz = dzo woT where h > 0, else 0
    let dz = delta(&dzo, wo, h); // (N, 576)
    // df = the images convolved with dz
    let df = correlate(x, &dz); // (5, 5)
    // dbc = the sum of dz over the batch
    let dbc = sum_rows(&dz); // (1, 576)
    (df, dbc, dwo, dbo)
}

/// `map[n,i,j] = sum over k,l of x[n,i+k,j+l] f[k,l]`: `x (N, 784)`, `f (5, 5)`
/// to `map (N, 576)`.
fn convolve<F: Real>(x: &ArrayRef2<F>, f: &ArrayRef2<F>) -> Array2<F> {
    let x = squares(x, SIDE); // (N, 28, 28)
    let mut map = Array3::zeros((x.dim().0, MAP, MAP)); // (N, 24, 24)
    for n in 0..x.dim().0 {
        for i in 0..MAP {
            for j in 0..MAP {
                let mut sum = F::zero();
                for k in 0..FILTER {
                    for l in 0..FILTER {
                        sum += x[[n, i + k, j + l]] * f[[k, l]];
                    }
                }
                map[[n, i, j]] = sum;
            }
        }
    }
    map.into_shape_with_order((x.dim().0, POSITIONS)).expect("24 x 24 = 576")
}

/// The gradient before ReLU, `dz[n,q] = sum over m of dzo[n,m] wo[q,m]` where
/// `h[n,q] > 0`, else 0: `dzo (N, 10)`, `wo (576, 10)`, `h (N, 576)` to
/// `dz (N, 576)`.
fn delta<F: Real>(dzo: &ArrayRef2<F>, wo: &ArrayRef2<F>, h: &ArrayRef2<F>) -> Array2<F> {
    let mut dz = Array2::zeros(h.raw_dim()); // (N, 576)
    for n in 0..h.nrows() {
        for q in 0..h.ncols() {
            if h[[n, q]] > F::zero() {
                let mut sum = F::zero();
                for m in 0..CLASSES {
                    sum += dzo[[n, m]] * wo[[q, m]];
                }
                dz[[n, q]] = sum;
            }
        }
    }
    dz
}

/// `df[k,l] = sum over n,i,j of x[n,i+k,j+l] dz[n,i,j]`: `x (N, 784)`,
/// `dz (N, 576)` to `df (5, 5)`.
fn correlate<F: Real>(x: &ArrayRef2<F>, dz: &ArrayRef2<F>) -> Array2<F> {
    let (x, dz) = (squares(x, SIDE), squares(dz, MAP)); // (N, 28, 28), (N, 24, 24)
    let mut df = Array2::zeros((FILTER, FILTER)); // (5, 5)
    for n in 0..x.dim().0 {
        for k in 0..FILTER {
            for l in 0..FILTER {
                let mut sum = F::zero();
                for i in 0..MAP {
                    for j in 0..MAP {
                        sum += x[[n, i + k, j + l]] * dz[[n, i, j]];
                    }
                }
                df[[k, l]] += sum;
            }
        }
    }
    df
}

/// A view of each row of `a` as a square: `(N, side * side) -> (N, side, side)`.
/// Panics if the rows do not have `side * side` numbers, or are not contiguous.
fn squares<F>(a: &ArrayRef2<F>, side: usize) -> ArrayView3<'_, F> {
    let shape = (a.nrows(), side, side);
    a.view().into_shape_with_order(shape).unwrap_or_else(|_| {
        panic!("network: {:?} must be whole rows of {side} x {side} numbers", a.dim())
    })
}
