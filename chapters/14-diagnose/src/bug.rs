//! The bugs by name.

use clap::ValueEnum;

/// Which bug a program has. The code of this chapter says `match bug` or
/// `if bug == Bug::ZeroStart` at the very line where the bug is, so that the healthy line
/// and the sick one stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bug {
    /// None: the healthy program
    #[value(skip)]
    None,
    /// Softmax divides by a sum over the batch instead of one over the classes
    WrongAxis,
    /// The printed loss is not the one whose gradient is computed
    WrongLoss,
    /// All weights start at zero
    ZeroStart,
    /// The learning rate is a hundred times too large
    RateTooLarge,
    /// Adam counts its steps from 0
    AdamOffByOne,
    /// The gradient is summed over the batch, with a rate for the mean
    SumForMean,
    /// In a backward pass, `=` where `+=` belongs
    AssignForAdd,
    /// A pool hands its gradient to every pixel that equals the largest
    PoolTies,
    /// Dropout is left on in the test
    DropoutInTest,
    /// Batch norm uses the statistics of the test batch
    BatchNormMode,
    /// The largest logit is not subtracted before `exp`
    SoftmaxUnshifted,
    /// Weights are saved column by column and read row by row
    TransposedWeights,
    /// The last, shorter batch of an epoch is dropped
    LastBatchDropped,
    /// A loop over batches ends after the first
    EarlyReturn,
    /// A pool skips NaN
    NanInPool,
    /// Pixels are numbers from 0 to 255
    #[value(name = "pixels-255")]
    Pixels255,
    /// Most units are dead: their ReLU never gets a positive number
    DeadRelu,
    /// The share to keep is given as the share to drop
    KeepForDrop,
    /// Dropout without its factor 1 / (1 - p)
    DropoutUnscaled,
    /// Adam without the correction of its means
    AdamUncorrected,
    /// Velocities decay to subnormal numbers
    Subnormals,
    /// Training labels are shifted by one
    LabelsShifted,
    /// Images are shuffled without their labels
    ImagesShuffled,
    /// The test images are among the training images
    TestInTraining,
    /// The running variance is divided by n, not by n - 1
    BiasedVariance,
}

impl Bug {
    /// All bugs in the order of the museum.
    pub fn all() -> &'static [Bug] {
        Bug::value_variants()
    }

    /// Its name on the command line, such as `zero-start`; `healthy` for none.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(|| "healthy".to_owned(), |value| value.get_name().to_owned())
    }

    /// What it is, in a few words.
    pub fn about(self) -> String {
        let value = self.to_possible_value();
        let help = value.as_ref().and_then(|value| value.get_help());
        help.map_or_else(|| "no bug".to_owned(), |help| help.to_string())
    }
}
