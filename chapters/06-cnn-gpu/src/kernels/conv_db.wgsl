// The gradient of a bias for each filter.
//
//     db[g] = sum over n,i,j of dout[n,g,i,j]
//
// One workgroup sums for one filter. Each thread adds every 256th number; then half of
// the threads add the sums of the other half, then a quarter, until one is left.

@group(0) @binding(0) var<storage, read> dout: array<f32>; // (N, FN, OH, OW)
@group(0) @binding(1) var<storage, read_write> db: array<f32>; // (FN)

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let g = group.x;
    let places = OH * OW;
    var sum = 0.0;
    for (var at = thread; at < N * places; at += 256u) {
        sum += dout[(at / places * FN + g) * places + at % places];
    }
    sums[thread] = sum;
    for (var half = 128u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if thread < half {
            sums[thread] += sums[thread + half];
        }
    }
    if thread == 0u {
        db[g] = sums[0];
    }
}
