// Convolution as a product, see tile.wgsl. The matrix of patches of lesson 05 is never
// stored: right() finds each of its numbers when it is needed.
//
//     out[g, (n,i,j)] = sum over (c,k,l) of w[g, (c,k,l)] cols[(c,k,l), (n,i,j)]
//
//     (FN, N OH OW) = (FN, C FH FW)(C FH FW, N OH OW)
//
//     x (N, C, H, W), w (FN, C, FH, FW)  ->  out (N, FN, OH, OW)

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

fn left(g: u32, tap: u32) -> f32 {
    return w[g * DEPTH + tap];
}

fn right(tap: u32, place: u32) -> f32 {
    let row = STRIDE * (place / OW % OH) + tap / FW % FH - PADDING;
    let column = STRIDE * (place % OW) + tap % FW - PADDING;
    if row >= H || column >= W {
        return 0.0; // padding; above and left of the image the numbers wrap
    }
    return x[((place / (OW * OH) * C + tap / (FW * FH)) * H + row) * W + column];
}

fn store(g: u32, place: u32, slice: u32, sum: f32) {
    let n = place / (OW * OH);
    out[(n * FN + g) * OH * OW + place % (OW * OH)] = sum;
}
