// The article's network: what lies where, for article_images and article_update.
//
//     z  = conv(x, f) + bc, h = max(z, 0)      (N, 576)
//     y  = softmax(h wo + bo)                  (N, 10)
//
// The data set, bytes as they came: an image is 196 words of four pixels each and a
// word with its label.

override BATCH: u32; // N

const SIDE = 28u;
const FILTER = 5u;
const MAP = 24u;
const POSITIONS = 576u;
const CLASSES = 10u;
const WORDS = 197u;

// What an image leaves behind for the update.
struct Image {
    h: array<f32, 576>,
    dzo: array<f32, 10>,
    df: array<f32, 25>,
    loss: f32,
    right: f32,
}

// All that is ever written, in one array: a single barrier between dispatches.
struct Memory {
    f: array<f32, 25>, // (5, 5)
    bc: array<f32, 576>, // (1, 576)
    wo: array<f32, 5760>, // (576, 10)
    bo: array<f32, 10>, // (1, 10)
    rate_f: f32, // of f and bc
    rate_o: f32, // of wo and bo
    step: u32, // which of this submission's; the GPU counts
    losses: array<f32, 250>, // of each step, before it
    accuracies: array<f32, 250>, // in percent
    images: array<Image>, // (N)
}

@group(0) @binding(0) var<storage, read> data: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<u32>; // (steps, N)
@group(0) @binding(2) var<storage, read_write> memory: Memory;
