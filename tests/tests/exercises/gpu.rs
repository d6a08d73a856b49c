//! Solutions of the exercises of page 06.

use cnn_gpu::kernel::{Kernel, groups_for};
use cnn_gpu::{Gpu, to_f32};
use common::check::relative_error;
use common::softmax;
use deep_cnn::optimiser::momentum;
use ndarray::Array2;
use referee::{gpu, numbers};

/// The least microseconds of a step: `dispatches` that cost `launch` microseconds
/// each, and between them `mflop` at `tflops`, or `mb` at `tb` a second, whichever
/// takes longer.
fn floor((dispatches, mflop, mb): (f64, f64, f64), (launch, tflops, tb): (f64, f64, f64)) -> f64 {
    let arithmetic = mflop / tflops; // 10^6 / 10^12 is a microsecond
    let memory = mb / tb;
    dispatches * launch + arithmetic.max(memory)
}

#[test]
fn a_large_card_mostly_waits_for_its_orders() {
    let (article, thirty) = ((2.0, 10.4, 0.65), (6.0, 374.0, 27.0));
    let (laptop, server) = ((3.0, 2.0, 0.05), (3.0, 60.0, 3.0)); // us, TFLOP/s, TB/s
    let launch = |network: (f64, f64, f64), card| 3.0 * network.0 / floor(network, card);
    assert!(launch(article, server) > 0.9); // nine tenths launch
    assert!(launch(article, laptop) < 0.5);
    assert!(launch(thirty, server) > 0.6);
    assert!(launch(thirty, laptop) < 0.1); // and here it computes
}

/// What thread `t` of workgroup `group` of `conv_forward.wgsl` computes: image, filter,
/// row and column of an output `(N, FN, OH, OW)`; nothing beyond the last.
fn place(group: usize, t: usize, out: [usize; 4]) -> Option<[usize; 4]> {
    let [n, filters, oh, ow] = out;
    let at = group * 64 + t;
    let place = [at / (ow * oh * filters), at / (ow * oh) % filters, at / ow % oh, at % ow];
    (at < n * filters * oh * ow).then_some(place)
}

#[test]
fn every_number_has_one_thread_and_some_threads_have_none() {
    let out = [3, 5, 4, 7]; // 420 numbers
    let groups = groups_for(420, 64)[0];
    assert_eq!(groups, 7); // 448 threads
    let threads = (0..groups).flat_map(|group| (0..64).map(move |t| (group, t)));
    let made: Vec<[usize; 4]> = threads.filter_map(|(group, t)| place(group, t, out)).collect();
    assert_eq!(made.len(), 420);
    assert_eq!((made[0], made[63], made[419]), ([0; 4], [0, 2, 1, 0], [2, 4, 3, 6]));
    assert!(made.windows(2).all(|pair| pair[0] < pair[1])); // in order, none twice
}

/// Numbers that a product `(rows, depth)(depth, columns)` fetches from the large
/// memory in tiles of `tile` by `tile`: each workgroup, `depth` rows and columns of
/// its tile.
fn fetched((rows, depth, columns): (usize, usize, usize), tile: usize) -> usize {
    rows.div_ceil(tile) * columns.div_ceil(tile) * 2 * tile * depth
}

#[test]
fn a_tile_saves_as_many_fetches_as_it_has_rows() {
    // 64 filters of 3 x 3 on 32 channels of 28 x 28, batch 100
    let convolution = (64, 32 * 9, 100 * 784);
    let (alone, tiled) = (fetched(convolution, 1), fetched(convolution, 64));
    assert_eq!(alone / tiled, 64);
    // One filter: 63 of 64 rows of each tile are empty.
    let (alone, tiled) = (fetched((1, 25, 57_600), 1), fetched((1, 25, 57_600), 64));
    assert_eq!((alone, tiled), (2_880_000, 2_880_000)); // nothing saved
}

const SOFTMAX: &str = "
    override ROWS: u32;
    override COLUMNS: u32;

    @group(0) @binding(0) var<storage, read> z: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;

    // One thread does one row.
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) at: vec3<u32>) {
        if at.x >= ROWS {
            return;
        }
        let first = at.x * COLUMNS;
        var largest = z[first];
        for (var m = 1u; m < COLUMNS; m++) {
            largest = max(largest, z[first + m]);
        }
        var total = 0.0;
        for (var m = 0u; m < COLUMNS; m++) {
            total += exp(z[first + m] - largest);
        }
        for (var m = 0u; m < COLUMNS; m++) {
            y[first + m] = exp(z[first + m] - largest) / total;
        }
    }
";

/// `softmax(z)`: `z (N, M)` to `(N, M)`, on the GPU.
fn softmax_on(gpu: &Gpu, z: &Array2<f64>) -> Array2<f64> {
    let constants = [("ROWS", z.nrows()), ("COLUMNS", z.ncols())];
    let z_there = gpu.upload("z", &to_f32(z)).unwrap();
    let y = gpu.upload("y", &vec![f32::NAN; z.len()]).unwrap(); // to be overwritten
    let kernel = Kernel("softmax", &[SOFTMAX]);
    let groups = groups_for(z.nrows(), 64);
    let work = kernel.dispatch(gpu, &constants, &[&z_there, &y], groups).unwrap();
    gpu.submit([&work]).unwrap();
    let y = y.read(gpu).unwrap().into_iter().map(f64::from).collect();
    Array2::from_shape_vec(z.dim(), y).unwrap()
}

#[test]
fn softmax_by_a_thread_a_row() {
    let Some(gpu) = gpu("softmax_by_a_thread_a_row") else { return };
    for (n, m) in [(1, 1), (63, 10), (65, 3), (130, 10)] {
        let z = numbers((n, m), 1, 200.0); // exp would overflow without the largest
        assert!(relative_error(&softmax_on(gpu, &z), &softmax(&z)) < 1e-4, "({n}, {m})");
    }
}

const MOMENTUM: &str = "
    override LENGTH: u32;

    @group(0) @binding(0) var<storage, read> dw: array<f32>;
    @group(0) @binding(1) var<storage, read_write> wv: array<f32>; // w, then v

    // One thread moves one parameter.
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) at: vec3<u32>) {
        if at.x >= LENGTH {
            return;
        }
        let v = 0.9 * wv[LENGTH + at.x] + dw[at.x]; // v = m v + dw
        wv[LENGTH + at.x] = v;
        wv[at.x] -= 0.01 * v; // w = w - r v
    }
";

#[test]
fn momentum_in_one_array_with_one_barrier() {
    let Some(gpu) = gpu("momentum_in_one_array_with_one_barrier") else { return };
    let random = |salt| -> Vec<f64> { numbers(100, salt, 1.0).to_vec() };
    let (mut w, dw, mut v) = (random(1), random(2), random(3));
    let narrow = |a: &[f64]| a.iter().map(|&v| v as f32).collect::<Vec<f32>>();
    let wv = gpu.upload("w and v", &[narrow(&w), narrow(&v)].concat()).unwrap();
    let gradient = gpu.upload("dw", &narrow(&dw)).unwrap();
    let kernel = Kernel("momentum", &[MOMENTUM]);
    let arrays = [&gradient, &wv];
    let step = kernel.dispatch(gpu, &[("LENGTH", 100)], &arrays, groups_for(100, 64)).unwrap();
    gpu.submit([&step, &step, &step]).unwrap(); // three steps, one submission
    (0..3).for_each(|_| momentum(&mut w, &dw, &mut v, 0.01, 0.9));
    let ours = wv.read(gpu).unwrap();
    for (ours, expected) in ours.iter().zip(w.iter().chain(&v)) {
        assert!((f64::from(*ours) - expected).abs() < 1e-5, "{ours} {expected}");
    }
}
