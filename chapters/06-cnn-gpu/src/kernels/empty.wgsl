// The cost of a dispatch without work. The number sets a barrier before the next one.

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if at.x == 0u {
        out[0] = 1.0;
    }
}
