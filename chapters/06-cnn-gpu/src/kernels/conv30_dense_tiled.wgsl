// The dense layer's product (N, 100) = (N, 4320)(4320, 100), see tile.wgsl, in a slice for
// each filter. conv30_softmax_loss adds them.
//
//     parts[n, f, u] = sum over the 144 places of filter f of p[n, place] w2[place, u]

fn left(n: u32, k: u32) -> f32 {
    return memory.images[n].p[k];
}

fn right(k: u32, unit: u32) -> f32 {
    return memory.w[W2 + k * HIDDEN + unit];
}

fn store(n: u32, unit: u32, slice: u32, sum: f32) {
    memory.images[n].parts[slice * HIDDEN + unit] = sum;
}
