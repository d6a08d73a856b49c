// The gradient of the images, in plain loops. Lesson 04 adds what each output
// sends to each pixel; here a thread owns a pixel, so that no two threads write
// to one place, and asks which outputs have seen it:
//
//     dx[n,c,y,x] = sum over f,k,l of w[f,c,k,l] dout[n,f,i,j]
//                   where si + k - p = y and sj + l - p = x
//
//     dout (N, FN, OH, OW), w (FN, C, FH, FW)  ->  dx (N, C, H, W)
//
// One thread makes one number of dx.

@group(0) @binding(0) var<storage, read> dout: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) t: u32,
) {
    let at = (group.y * groups.x + group.x) * 64u + t;
    if at >= N * C * H * W {
        return;
    }
    let column = at % W + PADDING; // on the padded image
    let row = at / W % H + PADDING;
    let c = at / (W * H) % C;
    let n = at / (W * H * C);
    var sum = 0.0;
    for (var k = 0u; k < FH; k++) {
        let down = row - k; // s i; before the first row this wraps to something huge
        if down % STRIDE != 0u || down / STRIDE >= OH {
            continue; // no filter has stood there
        }
        for (var l = 0u; l < FW; l++) {
            let across = column - l; // s j
            if across % STRIDE != 0u || across / STRIDE >= OW {
                continue;
            }
            for (var f = 0u; f < FN; f++) {
                sum += w[((f * C + c) * FH + k) * FW + l]
                    * dout[((n * FN + f) * OH + down / STRIDE) * OW + across / STRIDE];
            }
        }
    }
    dx[at] = sum;
}
