//! Helpers that every chapter uses; the files stand below in reading order.
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

pub mod real; // f32 or f64
pub mod error; // one sentence for the user
pub mod files; // files that are written whole or not at all
pub mod init; // initial weights
pub mod batch; // the examples of a step
pub mod affine; // z = x w + b
pub mod activation; // sigmoid, ReLU and softmax
pub mod loss; // cross-entropy, and the loss that the article prints
pub mod metric; // predictions, accuracy, confusion
pub mod update; // gradient descent
pub mod check; // is a gradient right?
pub mod params; // parameters on disk
pub mod fast; // the matrix product and exp; the only unsafe code of common
pub mod plot; // pictures
pub mod look; // look.html: the network just learnt, in a browser
pub mod program; // flags, progress, summary, Ctrl-C

// Where a macro of this crate looks for itself: see `fast/gemm.rs`.
#[cfg(target_arch = "x86_64")]
extern crate gemm_common;
#[cfg(target_arch = "x86_64")]
use fast::gemm::microkernel;

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
