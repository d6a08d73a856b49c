// The hidden layer's weights: their gradient as a product in tiles, and Adam's step
// where it falls due. The gradient itself is never written.
//
//     dw2[place, u] = sum over n of p[n, place] dh[n, u]
//
//     (4320, 100) = (4320, N)(N, 100)
//
// What one thread does is said in tile.wgsl, and it alone moves its 16 weights.

fn left(place: u32, n: u32) -> f32 {
    return memory.images[n].p[place];
}

fn right(n: u32, unit: u32) -> f32 {
    return memory.images[n].dh[unit];
}

fn store(place: u32, unit: u32, slice: u32, sum: f32) {
    adam(W2 + place * HIDDEN + unit, sum);
}
