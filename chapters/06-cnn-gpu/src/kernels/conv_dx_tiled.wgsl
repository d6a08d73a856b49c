// The gradient of the images as a product, see tile.wgsl, without col2im: each pixel
// gathers from the outputs that it is part of. Where s does not divide, there is none.
//
//     dx[c, (n,row,column)] = sum over (g,k,l) of
//                             w[g,c,k,l] dout[n,g,(row+p-k)/s,(column+p-l)/s]
//
//     (C, N H W) = (C, FN FH FW)(FN FH FW, N H W)

@group(0) @binding(0) var<storage, read> dout: array<f32>; // (N, FN, OH, OW)
@group(0) @binding(1) var<storage, read> w: array<f32>; // (FN, C, FH, FW)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // (N, C, H, W)

fn left(c: u32, tap: u32) -> f32 {
    let g = tap / (FW * FH);
    return w[(g * C + c) * FH * FW + tap % (FW * FH)];
}

fn right(tap: u32, pixel: u32) -> f32 {
    let down = pixel / W % H + PADDING - tap / FW % FH; // s i
    let across = pixel % W + PADDING - tap % FW; // s j
    let i = down / STRIDE;
    let j = across / STRIDE;
    if down % STRIDE != 0u || across % STRIDE != 0u || i >= OH || j >= OW {
        return 0.0; // negative positions wrap to huge numbers
    }
    return dout[((pixel / (W * H) * FN + tap / (FW * FH)) * OH + i) * OW + j];
}

fn store(c: u32, pixel: u32, slice: u32, sum: f32) {
    let n = pixel / (W * H);
    dx[(n * C + c) * H * W + pixel % (W * H)] = sum;
}
