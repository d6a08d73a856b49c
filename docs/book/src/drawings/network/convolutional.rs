//! Networks with a convolution: lessons 04, 05, 08, 12 and 13.

use super::picture::Picture;
use super::{Array, Both, Network, Parameters, Step, array, draw, step};
use crate::drawings::canvas::Canvas;
use crate::language::Language;

const NO_HEADING: Both = ["", ""];
const IMAGES: Both = ["N images", "N 枚の画像"];
/// The classes of the pictures: a 5, and a T-shirt of Fashion-MNIST.
const FIVE: usize = 5;
const SHIRT: usize = 0;
const PROBABILITIES: Both = ["10 probabilities, which sum to 1", "10 個の確率（和は 1）"];

fn images(name: &'static str) -> Array {
    array(Picture::Digit, name, IMAGES)
}

/// The last array, where the class `likely` is the answer.
fn probabilities(likely: usize) -> Array {
    array(Picture::Classes(10, likely), "y (N, 10)", PROBABILITIES)
}

/// The last layer of lessons 04 and 05.
fn output() -> (Step, Array) {
    let words = ["output layer", "出力層"];
    let parameters: Parameters = &[("wo", &[576, 10]), ("bo", &[1, 10])];
    (step("softmax(h wo + bo)", words, parameters), probabilities(FIVE))
}

/// Lesson 04: one filter.
pub fn naive(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: images("x (N, 28, 28)"),
        steps: vec![
            (
                step(
                    "conv(x, f)",
                    ["convolution, stride 1", "畳み込み、ストライド 1"],
                    &[("f", &[5, 5])],
                )
                .emphasised(),
                array(
                    Picture::Maps(1, 24),
                    "map (N, 24, 24)",
                    ["the feature map, as rows (N, 576)", "特徴マップ、行にして (N, 576)"],
                ),
            ),
            (
                step(
                    "map + bc",
                    ["a bias for each place", "場所ごとのバイアス"],
                    &[("bc", &[1, 576])],
                )
                .emphasised(),
                array(Picture::Maps(1, 24), "z (N, 576)", ["", ""]),
            ),
            (
                step("max(z, 0)", ["ReLU", "ReLU"], &[]).emphasised(),
                array(Picture::Maps(1, 24), "h (N, 576)", ["hidden values", "隠れ層の値"]),
            ),
            output(),
        ],
    };
    let title = ["The network of lesson 04: one filter", "第04章のネットワーク：フィルタは一つ"];
    draw(title, &[network], language)
}

/// Lesson 05: the same, with the convolution as a matrix product.
pub fn im2col(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: images("x (N, 784)"),
        steps: vec![
            (
                step("im2col(x)", ["copies each patch of 5 × 5", "5×5 の窓をコピー"], &[])
                    .emphasised(),
                array(
                    Picture::Patches,
                    "cols (N 576, 25)",
                    ["576 rows an image, one a place", "1 枚につき 576 行（1 か所 1 行）"],
                ),
            ),
            (
                step("cols f", ["one matrix product", "行列積一つ"], &[("f", &[25, 1])])
                    .emphasised(),
                array(
                    Picture::Maps(1, 24),
                    "map (N 576, 1)",
                    ["in memory the same as (N, 576)", "メモリーの中では (N, 576) と同じ"],
                ),
            ),
            (
                step("max(map + bc, 0)", ["bias, ReLU", "バイアス、ReLU"], &[("bc", &[1, 576])]),
                array(Picture::Maps(1, 24), "h (N, 576)", ["hidden values", "隠れ層の値"]),
            ),
            output(),
        ],
    };
    let title = [
        "The network of lesson 05: the convolution as a matrix product",
        "第05章のネットワーク：行列積で行う畳み込み",
    ];
    draw(title, &[network], language)
}

/// A convolution with ReLU, a pool of 2 x 2, again both, two affine layers.
fn two_convolutions(heading: Both, (image, likely): (Picture, usize)) -> Network {
    let convolution = ["convolution, ReLU", "畳み込み、ReLU"];
    let largest = ["largest of 2 × 2, stride 2", "2×2 の最大値、ストライド 2"];
    Network {
        heading,
        first: array(image, "x (N, 1, 28, 28)", IMAGES),
        steps: vec![
            (
                step(
                    "relu(conv(x, w1) + b1)",
                    convolution,
                    &[("w1", &[20, 1, 5, 5]), ("b1", &[20])],
                ),
                array(Picture::Maps(20, 24), "h1 (N, 20, 24, 24)", ["20 maps", "特徴マップ 20 枚"]),
            ),
            (
                step("maxpool(h1)", largest, &[]),
                array(Picture::Maps(20, 12), "p1 (N, 20, 12, 12)", ["", ""]),
            ),
            (
                step(
                    "relu(conv(p1, w2) + b2)",
                    convolution,
                    &[("w2", &[50, 20, 5, 5]), ("b2", &[50])],
                ),
                array(Picture::Maps(50, 8), "h2 (N, 50, 8, 8)", ["50 maps", "特徴マップ 50 枚"]),
            ),
            (
                step("maxpool(h2)", largest, &[]),
                array(
                    Picture::Maps(50, 4),
                    "p2 (N, 50, 4, 4)",
                    ["as rows: (N, 800)", "行にして (N, 800)"],
                ),
            ),
            (
                step(
                    "relu(p2 w3 + b3)",
                    ["affine, ReLU", "アフィン、ReLU"],
                    &[("w3", &[800, 500]), ("b3", &[1, 500])],
                ),
                array(
                    Picture::Units(500),
                    "h3 (N, 500)",
                    ["500 hidden units", "隠れ層のニューロン 500 個"],
                ),
            ),
            (
                step(
                    "softmax(h3 w4 + b4)",
                    ["output layer", "出力層"],
                    &[("w4", &[500, 10]), ("b4", &[1, 10])],
                ),
                probabilities(likely),
            ),
        ],
    }
}

/// Lesson 08: two convolutions and two pools.
pub fn deep(language: &Language) -> Canvas {
    let title =
        ["The network of lesson 08: two convolutions", "第08章のネットワーク：畳み込みは二つ"];
    draw(title, &[two_convolutions(NO_HEADING, (Picture::Digit, FIVE))], language)
}

/// Lesson 12: an MLP, and the network of lesson 08.
pub fn fashion(language: &Language) -> Canvas {
    let mlp = Network {
        heading: ["MLP", "MLP"],
        first: array(
            Picture::Shirt,
            "x (N, 784)",
            ["N images of 28 × 28 pixels", "28×28 画素の画像 N 枚"],
        ),
        steps: vec![
            (
                step(
                    "x w1 + b1",
                    ["hidden layer", "隠れ層"],
                    &[("w1", &[784, 256]), ("b1", &[1, 256])],
                ),
                array(
                    Picture::Units(256),
                    "a (N, 256)",
                    ["256 hidden units", "隠れ層のニューロン 256 個"],
                ),
            ),
            (
                step("m max(a, 0)", ["ReLU, dropout", "ReLU、ドロップアウト"], &[])
                    .also(["mask m (N, 256), in training", "マスク m (N, 256)、学習のみ"]),
                array(Picture::Units(256), "h (N, 256)", ["hidden values", "隠れ層の値"]),
            ),
            (
                step(
                    "softmax(h w2 + b2)",
                    ["output layer", "出力層"],
                    &[("w2", &[256, 10]), ("b2", &[1, 10])],
                ),
                probabilities(SHIRT),
            ),
        ],
    };
    let title = ["The two networks of lesson 12", "第12章の二つのネットワーク"];
    draw(title, &[mlp, two_convolutions(["CNN", "CNN"], (Picture::Shirt, SHIRT))], language)
}

/// The parameters of lesson 13's layers, with their shapes.
pub const CHECKPOINTS: [Parameters; 3] = [
    &[("w1", &[10, 1, 4, 4]), ("b1", &[1, 10])],
    &[("w2", &[160, 40]), ("b2", &[1, 40])],
    &[("w3", &[40, 10]), ("b3", &[1, 10])],
];

/// Lesson 13: a stride of 3, overlapping pools, dropout twice.
pub fn checkpoints(language: &Language) -> Canvas {
    let dropout = ["dropout, in training only", "ドロップアウト（学習のみ）"];
    let network = Network {
        heading: NO_HEADING,
        first: images("x (N, 1, 28, 28)"),
        steps: vec![
            (
                step("max(conv(x, w1) + b1, 0)", ["stride 3", "ストライド 3"], CHECKPOINTS[0]),
                array(Picture::Maps(10, 9), "h1 (N, 10, 9, 9)", ["10 maps", "特徴マップ 10 枚"]),
            ),
            (
                step(
                    "maxpool(h1)",
                    ["largest of 3 × 3, stride 2", "3×3 の最大値、ストライド 2"],
                    &[],
                ),
                array(
                    Picture::Maps(10, 4),
                    "p1 (N, 10, 4, 4)",
                    ["as rows: (N, 160)", "行にして (N, 160)"],
                ),
            ),
            (
                step("p1 m1", dropout, &[])
                    .also(["mask m1 (N, 160), keeps 0.2", "マスク m1 (N, 160)、0.2 を残す"]),
                array(Picture::Units(160), "a1 (N, 160)", ["", ""]),
            ),
            (
                step("max(a1 w2 + b2, 0)", ["hidden layer", "隠れ層"], CHECKPOINTS[1]),
                array(
                    Picture::Units(40),
                    "h2 (N, 40)",
                    ["40 hidden units", "隠れ層のニューロン 40 個"],
                ),
            ),
            (
                step("h2 m2", dropout, &[])
                    .also(["mask m2 (N, 40), keeps 0.5", "マスク m2 (N, 40)、0.5 を残す"]),
                array(Picture::Units(40), "a2 (N, 40)", ["", ""]),
            ),
            (
                step("softmax(a2 w3 + b3)", ["output layer", "出力層"], CHECKPOINTS[2]),
                probabilities(FIVE),
            ),
        ],
    };
    let title = [
        "The network of lesson 13: stride 3, and dropout twice",
        "第13章のネットワーク：ストライド 3、ドロップアウト 2 回",
    ];
    draw(title, &[network], language)
}
