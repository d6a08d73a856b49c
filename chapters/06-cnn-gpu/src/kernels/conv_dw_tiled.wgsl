// The gradient of the filters as a product, see tile.wgsl.
//
//     dw[g, (c,k,l)] = sum over (n,i,j) of dout[g, (n,i,j)] cols[(n,i,j), (c,k,l)]
//
//     (FN, C FH FW) = (FN, N OH OW)(N OH OW, C FH FW)
//
// A small matrix with long sums would be only a few workgroups, so the sums are cut into
// slices with workgroups of their own. sum_slices.wgsl adds them.

@group(0) @binding(0) var<storage, read> dout: array<f32>; // (N, FN, OH, OW)
@group(0) @binding(1) var<storage, read> x: array<f32>; // (N, C, H, W)
@group(0) @binding(2) var<storage, read_write> parts: array<f32>; // (slices, FN, C, FH, FW)

fn left(g: u32, place: u32) -> f32 {
    let n = place / (OW * OH);
    return dout[(n * FN + g) * OH * OW + place % (OW * OH)];
}

fn right(place: u32, tap: u32) -> f32 {
    let row = STRIDE * (place / OW % OH) + tap / FW % FH - PADDING;
    let column = STRIDE * (place % OW) + tap % FW - PADDING;
    if row >= H || column >= W {
        return 0.0;
    }
    return x[((place / (OW * OH) * C + tap / (FW * FH)) * H + row) * W + column];
}

fn store(g: u32, tap: u32, slice: u32, sum: f32) {
    parts[(slice * ROWS + g) * COLUMNS + tap] = sum;
}
