// The gradient of the dense layer's weights as a product (4320, 100) = (4320, N)(N, 100),
// see tile.wgsl, and Adam's step at once: the gradient is never written.
//
//     dw2[place, u] = sum over n of p[n, place] dh[n, u]

fn left(place: u32, n: u32) -> f32 {
    return memory.images[n].p[place];
}

fn right(n: u32, unit: u32) -> f32 {
    return memory.images[n].dh[unit];
}

fn store(place: u32, unit: u32, slice: u32, sum: f32) {
    adam(W2 + place * HIDDEN + unit, sum);
}
