// Adds the slices of a sum that was shared out.
//
//     total[at] = sum over slices of parts[slice, at]
//
//     parts (SLICES, LENGTH)  ->  total (LENGTH)
//
// One thread adds for one number, in the order of the slices.

override SLICES: u32;
override LENGTH: u32;

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> total: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) t: u32,
) {
    let at = (group.y * groups.x + group.x) * 64u + t;
    if at >= LENGTH {
        return;
    }
    var sum = 0.0;
    for (var slice = 0u; slice < SLICES; slice++) {
        sum += parts[slice * LENGTH + at];
    }
    total[at] = sum;
}
