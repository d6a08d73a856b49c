// All parameters but w2: the gradient of each, summed over the batch, and Adam's step.
//
//     dw1, db1 = sum over every eighth image of the sums of conv30_conv_backward
//     db2      = sum over n of dh               (100)
//     dw3      = hT dz                          (100, 10)
//     db3      = sum over n of dz               (10)
//
// With the loss and the accuracy they are 1892 sums. A workgroup computes 16 of them.
// Each of its 256 threads sums over every 16th image; then 16 threads add 16 such parts
// each, and update.

const LOSS = 1890u;
const RIGHT = 1891u;

// The term of image n in sum k.
fn term(n: u32, k: u32) -> f32 {
    if k < W2 {
        if n % IMAGES_TOGETHER != 0u {
            return 0.0; // the first of eight has the sum of all eight
        }
        return memory.images[n].dw1[k];
    }
    if k < 880u {
        return memory.images[n].dh[k - 780u];
    }
    if k < 1880u {
        let at = k - 880u;
        return memory.images[n].h[at / CLASSES] * memory.images[n].dz[at % CLASSES];
    }
    if k < LOSS {
        return memory.images[n].dz[k - 1880u];
    }
    if k == LOSS {
        return memory.images[n].loss;
    }
    if k == RIGHT {
        return memory.images[n].right;
    }
    return 0.0; // beyond the last sum
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    let k = 16u * group.x + t % 16u;
    var part = 0.0;
    for (var n = t / 16u; n < BATCH; n += 16u) {
        part += term(n, k);
    }
    parts[t] = part;
    workgroupBarrier();
    if t < 16u {
        let sum = add_parts(t, 16u, 16u);
        if k < W2 {
            adam(k, sum);
        } else if k < LOSS {
            adam(k - W2 + B2, sum); // w2 lies between
        } else if k == LOSS {
            memory.losses[memory.now] = sum / f32(BATCH);
        } else if k == RIGHT {
            memory.accuracies[memory.now] = 100.0 * sum / f32(BATCH);
            memory.next = memory.now + 1u;
        }
    }
}
