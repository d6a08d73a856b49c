// Convolution in plain loops, as in lesson 04, without the four outer loops:
//
//     out[n,g,i,j] = sum over c,k,l of x[n,c,si+k-p,sj+l-p] w[g,c,k,l]
//
//     x (N, C, H, W), w (FN, C, FH, FW)  ->  out (N, FN, OH, OW)
//
// One thread computes one number of out, the sum of C FH FW products.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let at = id.y * groups.x * 64u + id.x;
    if at >= N * FN * OH * OW {
        return; // more threads than numbers
    }
    let j = at % OW;
    let i = at / OW % OH;
    let g = at / (OW * OH) % FN;
    let n = at / (OW * OH * FN);
    var sum = 0.0;
    for (var c = 0u; c < C; c++) {
        for (var k = 0u; k < FH; k++) {
            let row = STRIDE * i + k - PADDING; // above the image this wraps to a huge number
            if row >= H {
                continue; // a row of padding
            }
            for (var l = 0u; l < FW; l++) {
                let column = STRIDE * j + l - PADDING;
                if column < W {
                    sum += x[((n * C + c) * H + row) * W + column]
                        * w[((g * C + c) * FH + k) * FW + l];
                }
            }
        }
    }
    out[at] = sum;
}
