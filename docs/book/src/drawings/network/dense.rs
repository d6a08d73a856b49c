//! Networks of affine layers: lessons 01, 02, 09, 10 and 11.

use super::picture::Picture;
use super::{Array, Both, Network, array, draw, step};
use crate::drawings::canvas::Canvas;
use crate::language::Language;

const NO_HEADING: Both = ["", ""];
const NO_WORDS: Both = ["", ""];
const LOGITS: Both = ["10 logits an image", "1 枚につき 10 個のロジット"];
const PROBABILITIES: Both = ["10 probabilities, which sum to 1", "10 個の確率（和は 1）"];

/// N images as rows of pixels.
fn pixels() -> Array {
    let words = ["N images of 28 × 28 pixels", "28×28 画素の画像 N 枚"];
    array(Picture::Digit, "x (N, 784)", words)
}

/// Lesson 01: one layer.
pub fn perceptron(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: array(Picture::Digit, "(N, 28, 28)", ["N images", "N 枚の画像"]),
        steps: vec![
            (
                step("reshape", ["28 × 28 = 784", "28×28 = 784"], &[]),
                array(Picture::Units(784), "x (N, 784)", ["one image a row", "画像 1 枚が 1 行"]),
            ),
            (
                step("x w + b", NO_WORDS, &[("w", &[784, 10]), ("b", &[1, 10])]),
                array(Picture::Units(10), "z (N, 10)", LOGITS),
            ),
            (
                step("softmax(z)", NO_WORDS, &[]),
                array(Picture::Classes(10, 5), "y (N, 10)", PROBABILITIES),
            ),
        ],
    };
    let title = ["The network of lesson 01: one layer", "第01章のネットワーク：層は一つ"];
    draw(title, &[network], language)
}

/// Lesson 02: a hidden layer of 100 units.
pub fn hidden_layer(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: pixels(),
        steps: vec![
            (
                step(
                    "x wh + bh",
                    ["hidden layer", "隠れ層"],
                    &[("wh", &[784, 100]), ("bh", &[1, 100])],
                ),
                array(Picture::Units(100), "zh (N, 100)", NO_WORDS),
            ),
            (
                step("sigmoid(zh)", ["element by element", "要素ごと"], &[]),
                array(
                    Picture::Units(100),
                    "h (N, 100)",
                    ["100 hidden units, from 0 to 1", "隠れ層のニューロン 100 個（0 から 1）"],
                ),
            ),
            (
                step(
                    "h wo + bo",
                    ["output layer", "出力層"],
                    &[("wo", &[100, 10]), ("bo", &[1, 10])],
                ),
                array(Picture::Units(10), "zo (N, 10)", LOGITS),
            ),
            (
                step("softmax(zo)", NO_WORDS, &[]),
                array(Picture::Classes(10, 5), "y (N, 10)", PROBABILITIES),
            ),
        ],
    };
    let title = ["The network of lesson 02: a hidden layer", "第02章のネットワーク：隠れ層が一つ"];
    draw(title, &[network], language)
}

/// Lesson 09: 32 hidden units with dropout.
pub fn dropout(language: &Language) -> Canvas {
    let units = ["32 hidden units", "隠れ層のニューロン 32 個"];
    let network = Network {
        heading: NO_HEADING,
        first: pixels(),
        steps: vec![
            (
                step(
                    "relu(x w1 + b1)",
                    ["hidden layer", "隠れ層"],
                    &[("w1", &[784, 32]), ("b1", &[1, 32])],
                ),
                array(Picture::Units(32), "h (N, 32)", units),
            ),
            (
                step("m h", ["dropout, in training only", "ドロップアウト（学習のみ）"], &[])
                    .also(["mask m (N, 32), new each step", "マスク m (N, 32)、毎回引き直す"])
                    .emphasised(),
                array(
                    Picture::Units(32),
                    "h' (N, 32)",
                    ["some are 0, the others larger", "いくつかは 0、残りは大きくなる"],
                ),
            ),
            (
                step(
                    "h' w2 + b2",
                    ["output layer", "出力層"],
                    &[("w2", &[32, 10]), ("b2", &[1, 10])],
                ),
                array(
                    Picture::Units(10),
                    "z (N, 10)",
                    ["10 logits; softmax is in the loss", "10 個のロジット（softmax は損失の中）"],
                ),
            ),
        ],
    };
    let title = ["The network of lesson 09: dropout", "第09章のネットワーク：ドロップアウト"];
    draw(title, &[network], language)
}

/// Lesson 10: a curve from six powers, with batch norm behind the sigmoid.
pub fn batch_norm(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: array(
            Picture::Units(6),
            "x (N, 6)",
            ["the powers 1, x, ..., x⁵ of N points", "N 個の点のべき 1, x, ..., x⁵"],
        ),
        steps: vec![
            (
                step(
                    "x w1 + b1",
                    ["hidden layer", "隠れ層"],
                    &[("w1", &[6, 10]), ("b1", &[1, 10])],
                ),
                array(Picture::Units(10), "z (N, 10)", NO_WORDS),
            ),
            (
                step("sigmoid(z)", ["element by element", "要素ごと"], &[]),
                array(
                    Picture::Units(10),
                    "h (N, 10)",
                    ["10 hidden units, from 0 to 1", "隠れ層のニューロン 10 個（0 から 1）"],
                ),
            ),
            (
                step(
                    "batch norm",
                    ["over the batch", "バッチ正規化"],
                    &[("gamma", &[1, 10]), ("beta", &[1, 10])],
                )
                .emphasised(),
                array(
                    Picture::Units(10),
                    "g (N, 10)",
                    ["mean beta, deviation gamma", "平均は beta、標準偏差は gamma"],
                ),
            ),
            (
                step("g w2 + b2", ["output layer", "出力層"], &[("w2", &[10, 1]), ("b2", &[1, 1])]),
                array(Picture::Units(1), "y (N, 1)", ["one number a point", "1 点につき数一つ"]),
            ),
        ],
    };
    let title = ["The network of lesson 10: batch norm", "第10章のネットワーク：バッチ正規化"];
    draw(title, &[network], language)
}

/// Lesson 11: four lengths of a flower, three species.
pub fn iris(language: &Language) -> Canvas {
    let network = Network {
        heading: NO_HEADING,
        first: array(
            Picture::Units(4),
            "x (N, 4)",
            ["4 standardised lengths of N flowers", "N 本の花の、標準化した長さ 4 個"],
        ),
        steps: vec![
            (
                step("x wh + bh", ["hidden layer", "隠れ層"], &[("wh", &[4, 8]), ("bh", &[1, 8])]),
                array(Picture::Units(8), "zh (N, 8)", NO_WORDS),
            ),
            (
                step("sigmoid(zh)", ["element by element", "要素ごと"], &[]),
                array(
                    Picture::Units(8),
                    "h (N, 8)",
                    ["8 hidden units, from 0 to 1", "隠れ層のニューロン 8 個（0 から 1）"],
                ),
            ),
            (
                step("h wo + bo", ["output layer", "出力層"], &[("wo", &[8, 3]), ("bo", &[1, 3])]),
                array(
                    Picture::Units(3),
                    "zo (N, 3)",
                    ["3 logits a flower", "花一つにつき 3 個のロジット"],
                ),
            ),
            (
                step("softmax(zo)", NO_WORDS, &[]),
                array(
                    Picture::Classes(3, 0),
                    "y (N, 3)",
                    ["probabilities of the 3 species", "3 種の確率"],
                ),
            ),
        ],
    };
    let title = ["The network of lesson 11: Iris", "第11章のネットワーク：アイリス"];
    draw(title, &[network], language)
}
