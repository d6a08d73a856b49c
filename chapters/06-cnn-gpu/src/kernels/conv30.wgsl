// The second network, for all its kernels: see conv30_network.rs.

const FILTERS = 30u;
const TAPS = 25u; // 5 x 5
const PLACES = 144u; // 12 x 12, after the pool
const POOLED = 4320u; // FILTERS * PLACES
const HIDDEN = 100u;
const IMAGES_TOGETHER = 8u; // in a workgroup of conv30_conv_backward

// Where each parameter begins: w1 (30, 25), b1 (30), w2 (4320, 100), b2 (100),
// w3 (100, 10), b3 (10).
const B1 = 750u;
const W2 = 780u;
const B2 = 432780u;
const W3 = 432880u;
const B3 = 433880u;

// Results of one image.
struct Image {
    p: array<f32, 4320>, // (30, 12, 12)
    argmax: array<f32, 4320>, // the largest of four: 0 1 over 2 3
    parts: array<f32, 3000>, // of p w2: (30, 100), a slice for each filter
    h: array<f32, 100>,
    dh: array<f32, 100>,
    dz: array<f32, 10>, // the gradient of h w3 + b3
    dw1: array<f32, 780>, // w1, then b1: in the first of eight images, of all eight
    loss: f32,
    right: f32, // 1 if the prediction is right, else 0
}

struct Memory {
    w: array<f32, 433890>,
    v: array<f32, 433890>, // Adam's mean of the gradients
    s: array<f32, 433890>, // and of their squares
    next: u32, // the step of this submission that conv30_conv_pool begins next
    now: u32, // the one that it has begun; counted by the GPU
    rates: array<f32, 250>, // rate / (1 - b1^i) of each step
    scales: array<f32, 250>, // 1 / sqrt(1 - b2^i)
    losses: array<f32, 250>,
    accuracies: array<f32, 250>,
    images: array<Image>, // (N)
}

@group(0) @binding(0) var<storage, read_write> memory: Memory;

// v = 0.9 v + 0.1 dw, s = 0.999 s + 0.001 dw^2,
// w = w - rate v / (1 - 0.9^i) / (sqrt(s / (1 - 0.999^i)) + 1e-8)
fn adam(at: u32, dw: f32) {
    let v = 0.9 * memory.v[at] + (1.0 - 0.9) * dw;
    let s = 0.999 * memory.s[at] + (1.0 - 0.999) * dw * dw;
    memory.v[at] = v;
    memory.s[at] = s;
    let step = memory.now;
    memory.w[at] -= memory.rates[step] * v / (sqrt(s) * memory.scales[step] + 1e-8);
}
