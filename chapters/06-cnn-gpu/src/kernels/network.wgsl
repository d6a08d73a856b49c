// The data set and the batches, for all kernels of the two networks.

override BATCH: u32; // N

const SIDE = 28u;
const CLASSES = 10u;
const IMAGE_WORDS = 197u; // 196 with four pixels of a byte each, and one with the label

@group(0) @binding(1) var<storage, read> data: array<u32>; // (images, 197)
@group(0) @binding(2) var<storage, read> rows: array<u32>; // (steps, N)

var<workgroup> x: array<f32, 784>; // one image, (28, 28)
var<workgroup> parts: array<f32, 256>; // parts of sums

// Where image n of a step begins in data.
fn image_of(step: u32, n: u32) -> u32 {
    return rows[step * BATCH + n] * IMAGE_WORDS;
}

// x = bytes / 255; for thread t of a workgroup of `threads`.
fn load_image(image: u32, t: u32, threads: u32) {
    for (var word = t; word < 196u; word += threads) {
        let pixels = vec4<f32>(unpack4xU8(data[image + word])) / 255.0;
        x[4u * word] = pixels.x;
        x[4u * word + 1u] = pixels.y;
        x[4u * word + 2u] = pixels.z;
        x[4u * word + 3u] = pixels.w;
    }
}

// Sum t of `sums`, from `count` parts of each.
fn add_parts(t: u32, sums: u32, count: u32) -> f32 {
    var sum = 0.0;
    for (var part = 0u; part < count; part++) {
        sum += parts[part * sums + t];
    }
    return sum;
}
