// Convolution, bias, ReLU and pool in one: what is between them is never written.
//
//     p[n,f,i,j] = max(the largest of four sums of 25 products, + b1[f], 0)
//
//     x (N, 28, 28), w1 (30, 5, 5), b1 (30)  ->  p (N, 30, 12, 12), peaks
//
// A bias and ReLU move the four alike, so the largest may be chosen first. One
// workgroup does 10 filters on one image. One of its 144 threads does one place of
// the pool: the four sums below it, for each filter.

const TEN = 10u;

var<workgroup> x: array<f32, 784>;
var<workgroup> w1: array<f32, 250>;

@compute @workgroup_size(144)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) t: u32,
) {
    let n = group.x;
    let first_filter = TEN * group.y;
    let step = memory.next;
    if n == 0u && group.y == 0u && t == 0u {
        memory.now = step; // for everyone after this kernel
    }
    let image = image_of(step, n);
    for (var word = t; word < 196u; word += PLACES) {
        let pixels = vec4<f32>(unpack4xU8(data[image + word])) / 255.0;
        x[4u * word] = pixels.x;
        x[4u * word + 1u] = pixels.y;
        x[4u * word + 2u] = pixels.z;
        x[4u * word + 3u] = pixels.w;
    }
    for (var at = t; at < TEN * TAPS; at += PLACES) {
        w1[at] = memory.w[first_filter * TAPS + at];
    }
    workgroupBarrier();

    let corner = 2u * (t / 12u) * SIDE + 2u * (t % 12u);
    for (var f = 0u; f < TEN; f++) {
        var sums = vec4<f32>(); // 0 1 over 2 3
        for (var k = 0u; k < 5u; k++) {
            for (var l = 0u; l < 5u; l++) {
                let at = corner + k * SIDE + l;
                sums += w1[f * TAPS + k * 5u + l]
                    * vec4<f32>(x[at], x[at + 1u], x[at + SIDE], x[at + SIDE + 1u]);
            }
        }
        var peak = 0.0;
        var largest = sums.x;
        if sums.y > largest { largest = sums.y; peak = 1.0; }
        if sums.z > largest { largest = sums.z; peak = 2.0; }
        if sums.w > largest { largest = sums.w; peak = 3.0; }
        largest += memory.w[B1 + first_filter + f];
        let at = (first_filter + f) * PLACES + t;
        memory.images[n].p[at] = select(largest, 0.0, largest <= 0.0);
        memory.images[n].peaks[at] = peak;
    }
}
