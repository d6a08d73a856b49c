// The dense layer's product, see tile.wgsl, in slices.
//
//     parts[n, f, u] = sum over the 144 places of filter f of p[n, place] w2[place, u]
//
//     p (N, 4320), w2 (4320, 100)  ->  parts (N, 30, 100), added by conv30_softmax_loss

fn left(n: u32, k: u32) -> f32 {
    return memory.images[n].p[k];
}

fn right(k: u32, unit: u32) -> f32 {
    return memory.w[W2 + k * HIDDEN + unit];
}

fn store(n: u32, unit: u32, slice: u32, sum: f32) {
    memory.images[n].parts[slice * HIDDEN + unit] = sum;
}
