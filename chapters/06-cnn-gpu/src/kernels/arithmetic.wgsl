// Only arithmetic: how fast this GPU multiplies and adds when it never waits for memory.
// Each thread has 32 sums in registers, since each must wait for its last result.
//
//     a = a m + b, ROUNDS times

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    let m = vec4<f32>(f32(at.x) * 1e-9 + 0.5); // unknown to the compiler
    let b = vec4<f32>(1.0, 2.0, 3.0, 4.0);
    var a0 = m;
    var a1 = m + 1.0;
    var a2 = m + 2.0;
    var a3 = m + 3.0;
    var a4 = m + 4.0;
    var a5 = m + 5.0;
    var a6 = m + 6.0;
    var a7 = m + 7.0;
    for (var i = 0u; i < ROUNDS; i++) {
        a0 = fma(a0, m, b);
        a1 = fma(a1, m, b);
        a2 = fma(a2, m, b);
        a3 = fma(a3, m, b);
        a4 = fma(a4, m, b);
        a5 = fma(a5, m, b);
        a6 = fma(a6, m, b);
        a7 = fma(a7, m, b);
    }
    let sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
    if sum.x + sum.y + sum.z + sum.w == 12345.0 {
        out[0] = sum.x; // never, but the compiler cannot know
    }
}
