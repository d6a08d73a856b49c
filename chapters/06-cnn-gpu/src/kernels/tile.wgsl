// A matrix product in tiles, for every kernel whose name ends with _tiled:
//
//     out[row, column] = sum over d of left(row, d) right(d, column)
//
//     out (ROWS, COLUMNS) = (ROWS, DEPTH)(DEPTH, COLUMNS)
//
// The kernel defines left(), right(), which need not be matrices in memory, and store().
//
// A workgroup computes a tile of 64 rows and 64 columns. Its 256 threads fetch 16 of the
// DEPTH at a time, 64 x 16 numbers of left and 16 x 64 of right, into workgroup memory,
// which is much faster than the GPU's large memory; wait for each other; and
// multiply. Each number fetched is used 64 times.
// One thread holds 4 rows and 4 columns of the tile in registers: 16 sums, for which it
// reads 8 numbers from workgroup memory and not 32.
// If SLICE is less than DEPTH, the sum is cut into slices, group.z is the slice, and
// store() writes the parts of the sum one behind the other.

override ROWS: u32;
override COLUMNS: u32;
override DEPTH: u32;
override SLICE: u32;

// [d][four rows]. Rows of 17, not 16: workgroup memory has 32 banks, and with 16, threads
// that differ only in `low` would all write to the same four.
var<workgroup> left_tile: array<array<vec4<f32>, 17>, 16>;
var<workgroup> right_tile: array<array<vec4<f32>, 16>, 16>; // [d][four columns]

fn left_or_zero(row: u32, d: u32, end: u32) -> f32 {
    if row < ROWS && d < end {
        return left(row, d);
    }
    return 0.0;
}

fn right_or_zero(d: u32, column: u32, end: u32) -> f32 {
    if column < COLUMNS && d < end {
        return right(d, column);
    }
    return 0.0;
}

fn store_row(row: u32, column: u32, slice: u32, sums: vec4<f32>) {
    if row < ROWS {
        if column < COLUMNS { store(row, column, slice, sums.x); }
        if column + 1u < COLUMNS { store(row, column + 1u, slice, sums.y); }
        if column + 2u < COLUMNS { store(row, column + 2u, slice, sums.z); }
        if column + 3u < COLUMNS { store(row, column + 3u, slice, sums.w); }
    }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let first_row = 64u * group.y;
    let first_column = 64u * group.x;
    let slice = group.z;
    let begin = slice * SLICE;
    let end = min(begin + SLICE, DEPTH);
    let low = thread % 16u;
    let high = thread / 16u;
    var sums0 = vec4<f32>(); // the thread's first row, four columns
    var sums1 = vec4<f32>();
    var sums2 = vec4<f32>();
    var sums3 = vec4<f32>();
    for (var d = begin; d < end; d += 16u) {
        // Neighbouring threads fetch neighbours: along d in left, along columns in right.
        let row = first_row + 4u * high;
        left_tile[low][high] = vec4<f32>(
            left_or_zero(row, d + low, end),
            left_or_zero(row + 1u, d + low, end),
            left_or_zero(row + 2u, d + low, end),
            left_or_zero(row + 3u, d + low, end),
        );
        let column = first_column + 4u * low;
        right_tile[high][low] = vec4<f32>(
            right_or_zero(d + high, column, end),
            right_or_zero(d + high, column + 1u, end),
            right_or_zero(d + high, column + 2u, end),
            right_or_zero(d + high, column + 3u, end),
        );
        workgroupBarrier(); // the tiles are complete
        for (var step = 0u; step < 16u; step++) {
            let a = left_tile[step][high];
            let b = right_tile[step][low];
            sums0 += a.x * b;
            sums1 += a.y * b;
            sums2 += a.z * b;
            sums3 += a.w * b;
        }
        workgroupBarrier(); // the tiles are no longer needed
    }
    let row = first_row + 4u * high;
    let column = first_column + 4u * low;
    store_row(row, column, slice, sums0);
    store_row(row + 1u, column, slice, sums1);
    store_row(row + 2u, column, slice, sums2);
    store_row(row + 3u, column, slice, sums3);
}
