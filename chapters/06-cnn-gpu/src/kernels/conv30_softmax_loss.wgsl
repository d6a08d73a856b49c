// From the dense layer to the loss and back to the dense layer.
//
//     h    = max(sum of parts + b2, 0)        (100)
//     y    = softmax(h w3 + b3)               (10)
//     loss = -ln y[label], from logits
//     dz   = (y - t) / N                      (10)
//     dh   = dz w3T where h > 0, else 0       (100)
//
// One workgroup computes one image. Each of its 100 threads computes one number of h
// and dh, and one of 10 parts of a logit.

var<workgroup> h: array<f32, 100>;
var<workgroup> z: array<f32, 10>;
var<workgroup> dz: array<f32, 10>;

@compute @workgroup_size(100)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    let n = group.x;
    var sum = 0.0;
    for (var f = 0u; f < FILTERS; f++) {
        sum += memory.images[n].parts[f * HIDDEN + t];
    }
    sum += memory.w[B2 + t];
    h[t] = select(sum, 0.0, sum <= 0.0);
    memory.images[n].h[t] = h[t];
    workgroupBarrier();

    // z = h w3 + b3
    var part = 0.0;
    for (var u = t / CLASSES; u < HIDDEN; u += 10u) {
        part += h[u] * memory.w[W3 + u * CLASSES + t % CLASSES];
    }
    parts[t] = part;
    workgroupBarrier();
    if t < CLASSES {
        z[t] = add_parts(t, CLASSES, 10u) + memory.w[B3 + t];
    }
    workgroupBarrier();

    // y = softmax(z)
    if t < CLASSES {
        let label = data[image_of(memory.now, n) + 196u];
        var best = 0u;
        for (var m = 1u; m < CLASSES; m++) {
            if z[m] > z[best] {
                best = m;
            }
        }
        var total = 0.0;
        for (var m = 0u; m < CLASSES; m++) {
            total += exp(z[m] - z[best]);
        }
        let y = exp(z[t] - z[best]) / total;
        dz[t] = (y - select(0.0, 1.0, t == label)) / f32(BATCH);
        memory.images[n].dz[t] = dz[t];
        if t == label {
            memory.images[n].loss = z[best] - z[t] + log(total);
            memory.images[n].right = select(0.0, 1.0, best == label);
        }
    }
    workgroupBarrier();

    // dh = dz w3T where h > 0, else 0
    var dh = 0.0;
    if h[t] > 0.0 {
        for (var m = 0u; m < CLASSES; m++) {
            dh += dz[m] * memory.w[W3 + t * CLASSES + m];
        }
    }
    memory.images[n].dh[t] = dh;
}
