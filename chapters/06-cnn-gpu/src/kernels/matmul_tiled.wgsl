// The product of two matrices, see tile.wgsl.
//
//     c[row, column] = sum over d of a[row, d] b[d, column]

@group(0) @binding(0) var<storage, read> a: array<f32>; // (ROWS, DEPTH)
@group(0) @binding(1) var<storage, read> b: array<f32>; // (DEPTH, COLUMNS)
@group(0) @binding(2) var<storage, read_write> c: array<f32>; // (ROWS, COLUMNS)

fn left(row: u32, d: u32) -> f32 {
    return a[row * DEPTH + d];
}

fn right(d: u32, column: u32) -> f32 {
    return b[d * COLUMNS + column];
}

fn store(row: u32, column: u32, slice: u32, sum: f32) {
    c[row * COLUMNS + column] = sum;
}
