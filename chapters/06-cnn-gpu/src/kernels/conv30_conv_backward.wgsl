// From the dense layer back through pool and ReLU to the filters.
//
//     dp[n,place] = sum over u of dh[n,u] w2[place,u] where p > 0, else 0
//     dw1[f,k,l]  = sum over n, places of filter f of dp[n,place] x[argmax + (k,l)]
//     db1[f]      = sum over n, places of filter f of dp[n,place]
//
// Only the largest of the four inputs of a pool has a gradient: three quarters of the
// products are left out. One workgroup computes one filter on 8 images, and stores their
// sum with the first. Each of its 144 threads computes dp at one place for all 8, so that
// a weight is fetched once; then one of 5 parts of a tap, or of the bias.

const PARTS = 5u;

var<workgroup> dh: array<array<vec4<f32>, 2>, 100>; // [unit][first four images, last four]
var<workgroup> dp: array<array<f32, 144>, 8>;
var<workgroup> from_pixel: array<array<u32, 144>, 8>; // of the largest of the four

fn dh_of(n: u32, u: u32) -> f32 {
    if n < BATCH {
        return memory.images[n].dh[u];
    }
    return 0.0; // an image beyond the batch
}

@compute @workgroup_size(144)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    let f = group.x;
    let first = IMAGES_TOGETHER * group.y;

    for (var at = t; at < HIDDEN * 2u; at += PLACES) {
        let n = first + 4u * (at % 2u);
        let u = at / 2u;
        dh[u][at % 2u] = vec4<f32>(dh_of(n, u), dh_of(n + 1u, u), dh_of(n + 2u, u), dh_of(n + 3u, u));
    }
    workgroupBarrier();

    // dp = dh w2T
    let place = f * PLACES + t;
    var sums0 = vec4<f32>();
    var sums1 = vec4<f32>();
    for (var u = 0u; u < HIDDEN; u++) {
        let w = memory.w[W2 + place * HIDDEN + u];
        sums0 += w * dh[u][0];
        sums1 += w * dh[u][1];
    }
    let corner = 2u * (t / 12u) * SIDE + 2u * (t % 12u);
    for (var i = 0u; i < IMAGES_TOGETHER; i++) {
        let n = first + i;
        var d = 0.0;
        var pixel = 0u;
        if n < BATCH {
            if memory.images[n].p[place] > 0.0 {
                d = select(sums1[i % 4u], sums0[i % 4u], i < 4u);
            }
            let argmax = u32(memory.images[n].argmax[place]);
            pixel = corner + argmax / 2u * SIDE + argmax % 2u;
        }
        dp[i][t] = d;
        from_pixel[i][t] = pixel;
    }

    // dw1[f,k,l] = sum over n, places of dp[n,place] x[argmax + (k,l)]
    let tap = t % 26u; // the 26th is the bias
    let shift = tap / 5u * SIDE + tap % 5u;
    var part = 0.0;
    for (var i = 0u; i < IMAGES_TOGETHER; i++) {
        workgroupBarrier(); // the last image is no longer needed
        if first + i < BATCH {
            load_image(image_of(memory.now, first + i), t, PLACES);
        }
        workgroupBarrier();
        if t < PARTS * 26u && first + i < BATCH {
            for (var q = t / 26u; q < PLACES; q += PARTS) {
                if tap < TAPS {
                    part += dp[i][q] * x[from_pixel[i][q] + shift];
                } else {
                    part += dp[i][q];
                }
            }
        }
    }
    if t < PARTS * 26u {
        parts[t] = part;
    }
    workgroupBarrier();
    if t < 26u {
        let at = select(f * TAPS + t, B1 + f, t == TAPS);
        memory.images[first].dw1[at] = add_parts(t, 26u, PARTS);
    }
}
