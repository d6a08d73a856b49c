//! Helpers that every chapter uses. In reading order:
//!
//! ```text
//! real         f32 or f64
//! error files  one sentence for the user; files that are written whole or not at all
//! init batch   initial weights; the examples of a step
//! affine activation loss metric update     forward, loss, accuracy, gradient descent
//! check        is a gradient right?
//! params       parameters on disk
//! fast         the matrix product and exp; the only unsafe code of common
//! plot         pictures
//! program      flags, progress, summary, Ctrl-C
//! ```
//!
//! What a lesson teaches (convolution, dropout, Adam, ...) is in its chapter.
//!
//! # Symbols
//!
//! Every page and every comment of the course uses these letters.
//!
//! | symbol      | meaning                                             |
//! | ----------- | --------------------------------------------------- |
//! | `N`         | examples in a batch                                 |
//! | `D`, `M`    | inputs and outputs of an affine layer               |
//! | `C`, `H, W` | channels, height and width of an image              |
//! | `FN, FH, FW`| number, height and width of filters                 |
//! | `OH, OW`    | height and width of a convolution's output          |
//! | `x`         | input, one example a row                            |
//! | `t`         | target, one-hot: a row of zeros with a single one   |
//! | `z`         | logits: the output of an affine layer, before softmax |
//! | `y`         | output of the network, a probability for each class |
//! | `w`, `b`    | weights and bias                                    |
//! | `dv`        | the gradient of the loss with respect to `v`        |

pub mod activation;
pub mod affine;
pub mod batch;
pub mod check;
pub mod error;
pub mod fast;
pub mod files;
pub mod init;
pub mod loss;
pub mod metric;
pub mod params;
pub mod plot;
pub mod program;
pub mod real;
pub mod update;

pub use activation::{relu, relu_grad, sigmoid, sigmoid_grad};
pub use activation::{softmax, softmax_in_place, softmax_naive};
pub use affine::{affine, sum_rows};
pub use batch::{batch, sample_rows, shuffled_batches};
pub use error::{Error, Result, check_finite, excerpt};
pub use fast::dot;
pub use loss::{article_loss, cross_entropy, cross_entropy_from_logits};
pub use metric::{accuracy, predict};
pub use real::{Float, Real};
pub use update::{flush_subnormal, update};

/// The random number generator of every lesson: ChaCha with 8 rounds, with the
/// same bits on every platform and independent streams.
pub type Rng = rand_chacha::ChaCha8Rng;

/// A generator with this seed.
pub fn seeded(seed: u64) -> Rng {
    rand::SeedableRng::seed_from_u64(seed)
}
