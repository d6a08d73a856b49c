// The first half of a step: everything that an image can compute alone.
//
//     x    = bytes / 255                           (28, 28), gathered by its row number
//     h    = max(conv(x, f) + bc, 0)               (24, 24)
//     y    = softmax(h wo + bo)                    (10)
//     loss = -sum(t ln(y + 1e-7) + (1 - t) ln(1 - y + 1e-7))
//     dzo  = y - t                                 (10)
//     dz   = dzo woT where h > 0, else 0           (24, 24)
//     df   = sum over i,j of x[i+k,j+l] dz[i,j]    (5, 5)
//
// One workgroup computes one image, which stays in workgroup memory; h, dzo and df go
// to one_filter_update. Each of the 192 threads computes three of the 576 numbers of h
// and dz, one of 16 parts of a logit, and one of 6 parts of a number of df.

const THREADS = 192u;
const PARTS_OF_Z = 16u;
const PARTS_OF_DF = 6u; // of 4 rows each

var<workgroup> f: array<f32, 25>;
var<workgroup> h: array<f32, 576>; // dz later
var<workgroup> z: array<f32, 10>;
var<workgroup> y: array<f32, 10>;
var<workgroup> dzo: array<f32, 10>;

@compute @workgroup_size(192)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    let n = group.x;
    let image = image_of(memory.step, n);
    let label = data[image + 196u];
    load_image(image, t, THREADS);
    if t < 25u {
        f[t] = memory.f[t];
    }
    workgroupBarrier();

    // h = max(conv(x, f) + bc, 0)
    for (var p = t; p < POSITIONS; p += THREADS) {
        let first = p / MAP * SIDE + p % MAP;
        var c = 0.0;
        for (var k = 0u; k < FILTER; k++) {
            for (var l = 0u; l < FILTER; l++) {
                c += x[first + k * SIDE + l] * f[k * FILTER + l];
            }
        }
        c += memory.bc[p];
        h[p] = select(c, 0.0, c <= 0.0); // a NaN stays a NaN
        memory.images[n].h[p] = h[p];
    }
    workgroupBarrier();

    // z = h wo + bo
    if t < PARTS_OF_Z * CLASSES {
        let m = t % CLASSES;
        var part = 0.0;
        for (var p = t / CLASSES; p < POSITIONS; p += PARTS_OF_Z) {
            part += h[p] * memory.wo[p * CLASSES + m];
        }
        parts[t] = part;
    }
    workgroupBarrier();
    if t < CLASSES {
        z[t] = add_parts(t, CLASSES, PARTS_OF_Z) + memory.bo[t];
    }
    workgroupBarrier();

    // y = softmax(z), dzo = y - t
    if t < CLASSES {
        var largest = z[0];
        for (var m = 1u; m < CLASSES; m++) {
            largest = max(largest, z[m]);
        }
        var total = 0.0;
        var others = 0.0;
        for (var m = 0u; m < CLASSES; m++) {
            let e = exp(z[m] - largest);
            total += e;
            others += select(e, 0.0, m == t);
        }
        y[t] = exp(z[t] - largest) / total;
        dzo[t] = y[t] - select(0.0, 1.0, t == label);
        memory.images[n].dzo[t] = dzo[t];
        // 1 - y from the other nine: for y near 1 the subtraction would lose all digits.
        parts[t] = log(select(others / total, y[t], t == label) + 1e-7);
    }
    workgroupBarrier();
    if t == 0u {
        var loss = 0.0;
        var best = 0u;
        for (var m = 0u; m < CLASSES; m++) {
            loss -= parts[m];
            if y[m] > y[best] {
                best = m;
            }
        }
        memory.images[n].loss = loss;
        memory.images[n].right = select(0.0, 1.0, best == label);
    }

    // dz = dzo woT where h > 0, else 0
    for (var p = t; p < POSITIONS; p += THREADS) {
        var dz = 0.0;
        if h[p] > 0.0 {
            for (var m = 0u; m < CLASSES; m++) {
                dz += dzo[m] * memory.wo[p * CLASSES + m];
            }
        }
        h[p] = dz;
    }
    workgroupBarrier();

    // df[k,l] = sum over i,j of x[i+k,j+l] dz[i,j]
    if t < PARTS_OF_DF * 25u {
        let tap = t % 25u;
        let first = 4u * (t / 25u);
        let shift = tap / FILTER * SIDE + tap % FILTER;
        var part = 0.0;
        for (var i = first; i < first + 4u; i++) {
            for (var j = 0u; j < MAP; j++) {
                part += x[i * SIDE + j + shift] * h[i * MAP + j];
            }
        }
        parts[t] = part;
    }
    workgroupBarrier();
    if t < 25u {
        memory.images[n].df[t] = add_parts(t, 25u, PARTS_OF_DF);
    }
}
