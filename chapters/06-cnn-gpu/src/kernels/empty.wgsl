// Nothing: the cost of a dispatch without work. One number is written, so that there is
// a barrier before the next dispatch.

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if at.x == 0u {
        out[0] = 1.0;
    }
}
