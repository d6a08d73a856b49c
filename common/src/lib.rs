//! What every chapter shares: the article's helper file, done right.
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
//! | `OH, OW`    | height and width of what a filter makes             |
//! | `x`         | input, one example a row                            |
//! | `t`         | target, one-hot: a row of zeros with a single one   |
//! | `z`         | logits: what an affine layer says before softmax    |
//! | `y`         | output of the network, a probability for each class |
//! | `w`, `b`    | weights and bias                                    |
//! | `dv`        | the gradient of the loss with respect to `v`        |
//!
//! Nothing here changes from lesson to lesson. What a later lesson teaches
//! (convolution, dropout, Adam, batch normalisation) lives in that lesson.

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
pub use error::{Error, Result};
pub use fast::dot;
pub use loss::{article_loss, cross_entropy, cross_entropy_from_logits};
pub use metric::{accuracy, predict};
pub use real::{Float, Real};
pub use update::update;

/// The random numbers of every lesson: ChaCha with 8 rounds, whose bits are
/// the same on every platform and whose streams are independent.
pub type Rng = rand_chacha::ChaCha8Rng;

/// A generator whose every number follows from `seed`.
pub fn seeded(seed: u64) -> Rng {
    rand::SeedableRng::seed_from_u64(seed)
}
