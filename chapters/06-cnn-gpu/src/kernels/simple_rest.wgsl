// All other parameters: the gradient of each, added over the batch, and Adam's step.
//
//     dw1, db1 = sum over every eighth image of what simple_back has left there
//     db2      = sum over n of dh               (100)
//     dw3      = hT dz                          (100, 10)
//     db3      = sum over n of dz               (10)
//
// and, as if they were two more, the loss and the accuracy: 1892 sums in all. A
// workgroup does 16 of them. One of its 256 threads adds one sum over every 16th
// image; then 16 threads add 16 such parts each, and take the step.

const LOSS = 1890u;
const RIGHT = 1891u;

var<workgroup> parts: array<f32, 256>;

// What image n has to say about the sum `what`.
fn of_image(n: u32, what: u32) -> f32 {
    if what < W2 {
        if n % TOGETHER != 0u {
            return 0.0; // the first of eight speaks for all
        }
        if what < B1 {
            return memory.images[n].dw1[what / TAPS * 26u + what % TAPS];
        }
        return memory.images[n].dw1[(what - B1) * 26u + 25u];
    }
    if what < 880u {
        return memory.images[n].dh[what - 780u];
    }
    if what < 1880u {
        let at = what - 880u;
        return memory.images[n].h[at / CLASSES] * memory.images[n].dz[at % CLASSES];
    }
    if what < LOSS {
        return memory.images[n].dz[what - 1880u];
    }
    if what == LOSS {
        return memory.images[n].loss;
    }
    if what == RIGHT {
        return memory.images[n].right;
    }
    return 0.0; // a thread too many
}

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) t: u32,
) {
    let what = 16u * group.x + t % 16u;
    var part = 0.0;
    for (var n = t / 16u; n < BATCH; n += 16u) {
        part += of_image(n, what);
    }
    parts[t] = part;
    workgroupBarrier();
    if t < 16u {
        var sum = 0.0;
        for (var part = 0u; part < 16u; part++) {
            sum += parts[16u * part + t];
        }
        if what < W2 {
            adam(what, sum);
        } else if what < LOSS {
            adam(what - W2 + B2, sum); // w2 stands between
        } else if what == LOSS {
            memory.losses[memory.now] = sum / f32(BATCH);
        } else if what == RIGHT {
            memory.accuracies[memory.now] = 100.0 * sum / f32(BATCH);
            memory.next = memory.now + 1u;
        }
    }
}
