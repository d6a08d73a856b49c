// The gradient of the images, in plain loops. Lesson 04 scatters each number of dout to
// many pixels; here a thread gathers for one pixel, so no two threads write to it:
//
//     dx[n,c,row,column] = sum over g,k,l of w[g,c,k,l] dout[n,g,i,j]
//                          where si + k - p = row and sj + l - p = column

@group(0) @binding(0) var<storage, read> dout: array<f32>; // (N, FN, OH, OW)
@group(0) @binding(1) var<storage, read> w: array<f32>; // (FN, C, FH, FW)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // (N, C, H, W)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let at = id.y * groups.x * 64u + id.x;
    if at >= N * C * H * W {
        return;
    }
    let column = at % W;
    let row = at / W % H;
    let c = at / (W * H) % C;
    let n = at / (W * H * C);
    var sum = 0.0;
    for (var k = 0u; k < FH; k++) {
        let down = row + PADDING - k; // s i; below 0 it wraps to a huge number
        if down % STRIDE != 0u || down / STRIDE >= OH {
            continue; // no position of the filter
        }
        for (var l = 0u; l < FW; l++) {
            let across = column + PADDING - l; // s j
            if across % STRIDE != 0u || across / STRIDE >= OW {
                continue;
            }
            for (var g = 0u; g < FN; g++) {
                sum += w[((g * C + c) * FH + k) * FW + l]
                    * dout[((n * FN + g) * OH + down / STRIDE) * OW + across / STRIDE];
            }
        }
    }
    dx[at] = sum;
}
