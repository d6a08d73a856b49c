// The second half of a step: sums over the batch, and the update.
//
//     dwo = hT dzo                            (576, 10) = (576, N)(N, 10)
//     dbc = sum over n of dzo woT where h > 0 (1, 576)
//     dbo = sum over n of dzo, df = sum over n of the images' df
//     p   = p - rate dp                       for each parameter p
//
// Each workgroup but the last owns the weights of 16 positions: no other reads or
// writes them. Each of its 256 threads sums for one position over every 16th image;
// then 176 threads add 16 such parts each, and update. The last workgroup updates f and
// bo, writes the loss and the accuracy, and counts the step.

var<workgroup> dw_parts: array<array<f32, 256>, 11>; // ten of dwo, and dbc

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
    if group.x < POSITIONS / 16u {
        update_positions(16u * group.x, t);
    } else {
        update_others(t);
    }
}

fn update_positions(first: u32, t: u32) {
    let p = first + t % 16u;
    var weights = array<f32, 10>();
    for (var m = 0u; m < CLASSES; m++) {
        weights[m] = memory.wo[p * CLASSES + m];
    }
    var dwo = array<f32, 10>();
    var dbc = 0.0;
    for (var n = t / 16u; n < BATCH; n += 16u) {
        let h = memory.images[n].h[p];
        if h != 0.0 {
            for (var m = 0u; m < CLASSES; m++) {
                let dzo = memory.images[n].dzo[m];
                dwo[m] += h * dzo;
                dbc += dzo * weights[m];
            }
        }
    }
    for (var m = 0u; m < CLASSES; m++) {
        dw_parts[m][t] = dwo[m];
    }
    dw_parts[10][t] = dbc;
    storageBarrier(); // all have read the weights
    workgroupBarrier();
    if t < 176u {
        let m = t / 16u;
        var sum = 0.0;
        for (var part = 0u; part < 16u; part++) {
            sum += dw_parts[m][16u * part + t % 16u];
        }
        if m < CLASSES {
            memory.wo[p * CLASSES + m] -= memory.rate_o * sum;
        } else {
            memory.bc[p] -= memory.rate_f * sum;
        }
    }
}

// 37 sums over the batch, in six parts each: 25 of df, 10 of dbo, loss and accuracy.
fn update_others(t: u32) {
    let sum_index = t % 37u;
    let step = memory.step;
    var part = 0.0;
    if t < 222u {
        for (var n = t / 37u; n < BATCH; n += 6u) {
            if sum_index < 25u {
                part += memory.images[n].df[sum_index];
            } else if sum_index < 35u {
                part += memory.images[n].dzo[sum_index - 25u];
            } else if sum_index == 35u {
                part += memory.images[n].loss;
            } else {
                part += memory.images[n].right;
            }
        }
    }
    parts[t] = part;
    storageBarrier(); // all have read the step
    workgroupBarrier();
    if t < 37u {
        let sum = add_parts(t, 37u, 6u);
        if t < 25u {
            memory.f[t] -= memory.rate_f * sum;
        } else if t < 35u {
            memory.bo[t - 25u] -= memory.rate_o * sum;
        } else if t == 35u {
            memory.losses[step] = sum / f32(BATCH);
        } else {
            memory.accuracies[step] = 100.0 * sum / f32(BATCH);
            memory.step = step + 1u;
        }
    }
}
