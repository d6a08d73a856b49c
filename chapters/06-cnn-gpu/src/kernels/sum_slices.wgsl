// The sum of the slices of a product, see tile.wgsl, in their order: the same bits every
// time. One thread computes one number.
//
//     total[at] = sum over slices of parts[slice, at]

override SLICES: u32;
override LENGTH: u32;

@group(0) @binding(0) var<storage, read> parts: array<f32>; // (SLICES, LENGTH)
@group(0) @binding(1) var<storage, read_write> total: array<f32>; // (LENGTH)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let at = id.y * groups.x * 64u + id.x;
    if at >= LENGTH {
        return;
    }
    var sum = 0.0;
    for (var slice = 0u; slice < SLICES; slice++) {
        sum += parts[slice * LENGTH + at];
    }
    total[at] = sum;
}
