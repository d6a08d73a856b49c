// Nothing: what a dispatch costs before it computes.
//
// One thread writes one number, so that the barrier to the next dispatch is there.

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if at.x == 0u {
        out[0] = 1.0;
    }
}
