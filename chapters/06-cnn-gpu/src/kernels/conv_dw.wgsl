// The gradient of the filters, in plain loops:
//
//     dw[g,c,k,l] = sum over n,i,j of x[n,c,si+k-p,sj+l-p] dout[n,g,i,j]
//
// One thread computes one number of dw. For one filter of 5 x 5 that is 25 threads with
// 57,600 products each, far too few for a GPU: see conv_dw_tiled.wgsl.

@group(0) @binding(0) var<storage, read> dout: array<f32>; // (N, FN, OH, OW)
@group(0) @binding(1) var<storage, read> x: array<f32>; // (N, C, H, W)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>; // (FN, C, FH, FW)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let at = id.y * groups.x * 64u + id.x;
    if at >= FN * C * FH * FW {
        return;
    }
    let l = at % FW;
    let k = at / FW % FH;
    let c = at / (FW * FH) % C;
    let g = at / (FW * FH * C);
    var sum = 0.0;
    for (var n = 0u; n < N; n++) {
        var of_image = 0.0; // a sum of sums rounds less than one long sum
        for (var i = 0u; i < OH; i++) {
            let row = STRIDE * i + k - PADDING;
            if row >= H {
                continue;
            }
            for (var j = 0u; j < OW; j++) {
                let column = STRIDE * j + l - PADDING;
                if column < W {
                    of_image += x[((n * C + c) * H + row) * W + column]
                        * dout[((n * FN + g) * OH + i) * OW + j];
                }
            }
        }
        sum += of_image;
    }
    dw[at] = sum;
}
