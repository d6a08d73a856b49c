//! The museum's table: for every bug its symptom, who sees it first, who never does, the
//! cure, the lesson that teaches it, and where it was found.

use Kind::{Cnn, Mlp};

use crate::bug::Bug;
use crate::network::Kind;

/// One bug of the museum.
pub struct Exhibit {
    /// Which one.
    pub bug: Bug,
    /// The network that shows it.
    pub kind: Kind,
    /// The first check that sees it, 1 to 7; 0 if none does.
    pub first: usize,
    /// The checks that never see it, whatever the seed.
    pub never: &'static [usize],
    /// The page that teaches it, such as `02-hidden-layer`.
    pub lesson: &'static str,
    /// What one sees without knowing it.
    pub symptom: &'static str,
    /// What to do.
    pub cure: &'static str,
    /// Public reports of it, or the article that has it.
    pub sources: &'static [&'static str],
}

/// A row of the table; `words` are symptom, cure and sources.
const fn row(
    bug: Bug,
    kind: Kind,
    first: usize,
    never: &'static [usize],
    lesson: &'static str,
    words: &'static [&'static str],
) -> Exhibit {
    let [symptom, cure, sources @ ..] = words else { panic!("a symptom, a cure and sources") };
    Exhibit { bug, kind, first, never, lesson, symptom, cure, sources }
}

/// All of them, in the order of [`Bug::all`].
#[rustfmt::skip] // a table reads in rows
pub const EXHIBITS: &[Exhibit] = &[
    row(Bug::WrongAxis, Mlp, 1, &[2, 4, 5, 6], "01-perceptron", &[
        "the loss starts at ln 100 with a batch of 100, and depends on the batch size",
        "sum over the last axis, the classes; a row of `y` sums to 1",
        "https://github.com/MicrosoftDocs/pytorchfundamentals/issues/4",
        "https://github.com/ctallec/world-models/issues/10",
    ]),
    row(Bug::WrongLoss, Mlp, 1, &[2, 4, 5, 6, 7], "01-perceptron", &[
        "the loss starts at 3.25, not 2.30, and does not follow the accuracy",
        "print the loss whose gradient is computed, or compute the gradient of the printed loss",
        "the NumPy article of lessons 01 to 05",
        "https://github.com/oysteijo/simd_neuralnet/issues/1",
    ]),
    row(Bug::ZeroStart, Mlp, 2, &[1, 4], "13-checkpoints", &[
        "the loss falls late and little; all hidden units are equal",
        "draw the weights at random; only biases may start at 0",
        "the TensorFlow article of lesson 13",
        "https://github.com/wagonhelm/NaNmnist/issues/2",
        "https://github.com/tensorflow/tensorflow/pull/13935",
    ]),
    row(Bug::RateTooLarge, Mlp, 2, &[1, 3, 4, 5], "03-iterations", &[
        "the loss jumps up in the first steps and stays high, or becomes NaN",
        "divide the rate by 10 until the loss goes down, then look at check 6",
        "https://github.com/ml-explore/mlx/issues/188",
        "https://github.com/tiny-dnn/tiny-dnn/issues/318",
    ]),
    row(Bug::AdamOffByOne, Cnn, 2, &[1, 3, 4, 5], "09-dropout-adam", &[
        "NaN after the first step, with any rate",
        "count Adam's steps from 1",
        "https://github.com/tracel-ai/burn/issues/834",
        "https://github.com/deeplearning4j/nd4j/pull/1227",
    ]),
    row(Bug::SumForMean, Mlp, 3, &[1, 2, 4, 5], "02-hidden-layer", &[
        "the loss oscillates or becomes NaN, but not with a hundredth of the rate",
        "divide the gradient by the batch size in all layers, or in none",
        "the NumPy article of lessons 01 to 05",
        "https://github.com/tensorflow/tensorflow/pull/1358",
    ]),
    row(Bug::AssignForAdd, Cnn, 3, &[1, 2, 4, 5, 6, 7], "08-deep-cnn", &[
        "slightly lower accuracy; a test without overlapping windows passes",
        "`+=` wherever the forward pass uses a value more than once",
        "https://github.com/0809zheng/CS231n-assignment2019/issues/19",
        "https://github.com/clab/dynet/pull/612",
    ]),
    row(Bug::PoolTies, Cnn, 3, &[1, 2, 4, 5, 6, 7], "08-deep-cnn", &[
        "nothing in the curves; the gradient of the filters' bias is unrelated to the loss",
        "pass the gradient of a window to one pixel, the first of equal ones",
        "https://github.com/Theano/Theano/issues/5248",
        "https://github.com/tensorflow/tensorflow/issues/4886",
    ]),
    row(Bug::DropoutInTest, Cnn, 4, &[1, 2, 3, 5, 6, 7], "09-dropout-adam", &[
        "the test gives another number each time, and a lower one than it should",
        "no mask in the test",
        "https://github.com/karpathy/nanoGPT/pull/240",
        "https://github.com/amoudgl/pygoturn/issues/14",
    ]),
    row(Bug::BatchNormMode, Cnn, 4, &[1, 2, 3, 5, 6, 7], "10-batchnorm", &[
        "the answer for an image depends on the rest of its batch; a single image fails",
        "running statistics in the test, the batch's in training",
        "https://github.com/tensorflow/models/issues/3162",
        "https://github.com/vlfeat/matconvnet/issues/506",
    ]),
    row(Bug::SoftmaxUnshifted, Mlp, 4, &[1, 2, 3, 5, 6, 7], "01-perceptron", &[
        "training goes well, then NaN from one step to the next",
        "subtract the largest logit of each row before `exp`",
        "the NumPy article of lessons 01 to 05",
        "https://github.com/uTensor/uTensor/issues/175",
    ]),
    row(Bug::TransposedWeights, Mlp, 4, &[1, 2, 3, 5, 6, 7], "13-checkpoints", &[
        "it learns well, but after loading it is at chance",
        "save and load in one order; load in a new process and test again",
        "https://github.com/lava-nc/lava-dl/issues/260",
        "https://github.com/keras-team/keras/issues/6295",
    ]),
    row(Bug::LastBatchDropped, Mlp, 4, &[1, 2, 3, 5, 6, 7], "11-iris", &[
        "nothing with 5,050 images; with 90 and a batch of 100 nothing is learnt",
        "keep the shorter batch, and divide by its own size",
        "https://github.com/NervanaSystems/neon/issues/9",
    ]),
    row(Bug::EarlyReturn, Mlp, 4, &[1, 2, 3, 5, 6, 7], "09-dropout-adam", &[
        "the test accuracy is always a whole percentage",
        "compare the number of images counted with the length of the set",
        "https://github.com/kipoi/kipoi/pull/288",
    ]),
    row(Bug::NanInPool, Cnn, 4, &[1, 2, 3, 5, 6, 7], "08-deep-cnn", &[
        "after one bad image the loss stays at 2.30, without a warning",
        "let every comparison pass NaN on, and stop when the loss is NaN",
        "https://github.com/pytorch/pytorch/issues/7645",
        "https://github.com/tracel-ai/burn/pull/5662",
    ]),
    row(Bug::Pixels255, Mlp, 5, &[1, 2, 3, 4, 6, 7], "00-notation", &[
        "the loss oscillates, the accuracy stays low; hidden values are all near 0 or 1",
        "divide by 255, in training and in the test",
        "https://github.com/rasbt/python-machine-learning-book-2nd-edition/issues/68",
        "https://github.com/scikit-learn/scikit-learn/issues/11960",
    ]),
    row(Bug::DeadRelu, Cnn, 5, &[1, 2, 3, 4, 7], "08-deep-cnn", &[
        "lower accuracy; most maps are 0 for every image",
        "a lower rate, He's initial weights, and a look at every layer",
        "https://github.com/keras-team/keras/issues/7057",
    ]),
    row(Bug::KeepForDrop, Cnn, 5, &[1, 2, 3, 4, 6, 7], "09-dropout-adam", &[
        "far lower accuracy on training batches than in the test",
        "name the number after what it is; 0.2 dropped is 0.8 kept",
        "the TensorFlow article of lesson 13",
        "https://github.com/aymericdamien/TensorFlow-Examples/issues/205",
        "https://github.com/hunkim/DeepLearningZeroToAll/issues/204",
    ]),
    row(Bug::DropoutUnscaled, Cnn, 5, &[1, 2, 3, 4, 6, 7], "09-dropout-adam", &[
        "the test's logits are a quarter too large, which hardly changes its accuracy, but its loss",
        "multiply what is kept by 1 / (1 - p)",
        "https://github.com/kaldi-asr/kaldi/issues/2814",
    ]),
    row(Bug::AdamUncorrected, Cnn, 6, &[1, 2, 3, 4, 5, 7], "09-dropout-adam", &[
        "the first steps are 3 to 7 times too long; later nothing is wrong",
        "divide both means by 1 - beta^i",
        "https://github.com/ml-explore/mlx/pull/1640",
        "https://github.com/karpathy/convnetjs/pull/70",
    ]),
    row(Bug::Subnormals, Mlp, 6, &[1, 2, 3, 4, 5, 7], "09-dropout-adam", &[
        "the same accuracy, but after about 1,000 steps each step is slower, on many processors several times",
        "set what is too small to matter to 0",
        "https://github.com/apache/mxnet/issues/19361",
        "https://github.com/Netflix/vectorflow/pull/23",
    ]),
    row(Bug::LabelsShifted, Mlp, 7, &[1, 2, 3, 4, 5, 6], "01-perceptron", &[
        "training goes well, the test is far below chance",
        "look at ten images with their labels, of both sets",
        "https://github.com/tensorflow/models/pull/1247",
        "https://github.com/ageron/handson-ml/issues/61",
    ]),
    row(Bug::ImagesShuffled, Mlp, 7, &[1, 2, 3, 4, 5, 6], "01-perceptron", &[
        "the loss stops a little below ln 10; the test is at chance",
        "shuffle row numbers, and take images and labels by them",
        "https://github.com/udacity/sdc-issue-reports/issues/1326",
        "https://github.com/keras-team/keras/pull/7520",
    ]),
    row(Bug::TestInTraining, Mlp, 7, &[1, 2, 3, 4, 5, 6], "11-iris", &[
        "the test is as good as the training, too good",
        "compare the images of both sets, byte by byte",
        "the Flux article of lesson 10",
        "https://github.com/stefyste/RIAWELC/issues/2",
        "https://github.com/zalandoresearch/fashion-mnist/issues/44",
    ]),
    row(Bug::BiasedVariance, Cnn, 0, &[1, 2, 3, 4, 5, 6, 7], "10-batchnorm", &[
        "nothing with batches of 100, but a running variance that is 1 % too small",
        "multiply by n / (n - 1), and compare with another implementation",
        "https://github.com/tenstorrent/tt-metal/issues/55438",
        "https://github.com/pytorch/pytorch/issues/1410",
    ]),
];

/// The row of `bug`; nothing for the healthy program.
pub fn exhibit(bug: Bug) -> Option<&'static Exhibit> {
    EXHIBITS.iter().find(|exhibit| exhibit.bug == bug)
}
