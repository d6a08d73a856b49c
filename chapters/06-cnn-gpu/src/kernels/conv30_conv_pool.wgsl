// Convolution, bias, ReLU and pool in one: nothing between them is written.
//
//     p[n,f,i,j] = max(the largest of four sums of 25 products, + b1[f], 0)
//
// Bias and ReLU keep the order of the four, so the largest is chosen first. One
// workgroup computes 10 filters on one image. Each of its 144 threads computes one
// output of the pool, from four sums for each filter.

const GROUP_FILTERS = 10u;

var<workgroup> w1: array<f32, 250>;

@compute @workgroup_size(144)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    let n = group.x;
    let first_filter = GROUP_FILTERS * group.y;
    let step = memory.next;
    if n == 0u && group.y == 0u && t == 0u {
        memory.now = step; // for the other kernels of the step
    }
    load_image(image_of(step, n), t, PLACES);
    for (var at = t; at < GROUP_FILTERS * TAPS; at += PLACES) {
        w1[at] = memory.w[first_filter * TAPS + at];
    }
    workgroupBarrier();

    let corner = 2u * (t / 12u) * SIDE + 2u * (t % 12u);
    for (var f = 0u; f < GROUP_FILTERS; f++) {
        var sums = vec4<f32>(); // 0 1 over 2 3
        for (var k = 0u; k < 5u; k++) {
            for (var l = 0u; l < 5u; l++) {
                let at = corner + k * SIDE + l;
                sums += w1[f * TAPS + k * 5u + l]
                    * vec4<f32>(x[at], x[at + 1u], x[at + SIDE], x[at + SIDE + 1u]);
            }
        }
        var argmax = 0.0;
        var largest = sums.x;
        if sums.y > largest { largest = sums.y; argmax = 1.0; }
        if sums.z > largest { largest = sums.z; argmax = 2.0; }
        if sums.w > largest { largest = sums.w; argmax = 3.0; }
        largest += memory.w[B1 + first_filter + f];
        let at = (first_filter + f) * PLACES + t;
        memory.images[n].p[at] = select(largest, 0.0, largest <= 0.0);
        memory.images[n].argmax[at] = argmax;
    }
}
