// The article's network, for both kernels of its step: constants and memory.

const FILTER = 5u;
const MAP = 24u;
const POSITIONS = 576u; // 24 x 24

// Results of one image, for the update.
struct Image {
    h: array<f32, 576>,
    dzo: array<f32, 10>,
    df: array<f32, 25>,
    loss: f32,
    right: f32, // 1 if the prediction is right, else 0
}

// Everything that is written, in one array: a single barrier between dispatches.
struct Memory {
    f: array<f32, 25>, // (5, 5)
    bc: array<f32, 576>, // (1, 576)
    wo: array<f32, 5760>, // (576, 10)
    bo: array<f32, 10>, // (1, 10)
    rate_f: f32, // of f and bc
    rate_o: f32, // of wo and bo
    step: u32, // of this submission; counted by the GPU
    losses: array<f32, 250>, // of each step, before its update
    accuracies: array<f32, 250>, // in percent
    images: array<Image>, // (N)
}

@group(0) @binding(0) var<storage, read_write> memory: Memory;
