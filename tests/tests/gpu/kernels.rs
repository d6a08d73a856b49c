//! Lesson 06, kernel by kernel: each against the plain loops of the processor, over
//! odd sizes, on random numbers, into arrays full of what is no number.

use cnn_gpu::conv::{self, Algorithm, Conv};
use cnn_gpu::kernel::{Dispatch, Kernel, groups_for};
use cnn_gpu::matmul::matmul;
use cnn_gpu::stopwatch::EMPTY;
use cnn_gpu::{Gpu, to_f32};
use cnn_naive::Window;
use cnn_naive::conv as naive;
use common::check::{adjoint_error, relative_error};
use ndarray::{Array1, Array2, Array4, Axis};
use referee::{gpu, numbers};

type Shape = (usize, usize, usize, usize);

/// Images, filters and a gradient of the output, made up.
fn made_up(x: Shape, w: Shape, window: Window) -> [Array4<f64>; 3] {
    let out = naive::output_shape(x, w, window).unwrap();
    [(x, 1), (w, 2), (out, 3)].map(|(shape, salt)| {
        // The reference gets the same 32 bits: only the kernel is tested.
        numbers(shape, salt, 1.0).mapv(|v| f64::from(v as f32))
    })
}

/// A convolution with all that it writes full of NaN.
fn poisoned(
    gpu: &Gpu,
    [x, w, dout]: &[Array4<f64>; 3],
    window: Window,
    algorithm: Algorithm,
) -> Conv {
    let conv = Conv::new(gpu, x.dim(), w.dim(), window, algorithm).unwrap();
    conv.x.write(gpu, 0, &to_f32(x));
    conv.w.write(gpu, 0, &to_f32(w));
    conv.dout.write(gpu, 0, &to_f32(dout));
    for array in [&conv.out, &conv.dx, &conv.dw, &conv.db] {
        array.write(gpu, 0, &vec![f32::NAN; array.len]);
    }
    conv
}

fn run<'a>(gpu: &Gpu, work: impl IntoIterator<Item = &'a Dispatch>) {
    gpu.submit(work).unwrap();
}

/// Largest difference, relative to the largest number expected. NaN is never close.
fn close(ours: &Array4<f64>, expected: &Array4<f64>, what: &str) {
    let error = relative_error(ours, expected);
    assert!(error < 2e-5, "{what}: {error:e}");
}

/// Everything that may go wrong at an edge: one of everything, nothing a multiple of
/// anything, more channels and filters than a tile has rows, strides, padding wider
/// than the filter, filters as large as the image, oblong ones.
const SHAPES: [(Shape, Shape, usize, usize); 8] = [
    ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0),
    ((2, 1, 28, 28), (1, 1, 5, 5), 1, 0),
    ((3, 2, 7, 9), (5, 2, 3, 2), 1, 1),
    ((1, 3, 11, 7), (2, 3, 5, 3), 2, 1),
    ((2, 67, 4, 4), (70, 67, 2, 2), 2, 0),
    ((2, 2, 5, 5), (3, 2, 5, 5), 1, 0),
    ((2, 1, 3, 3), (2, 1, 2, 2), 1, 3),
    ((1, 2, 10, 13), (3, 2, 4, 1), 3, 0),
];

#[test]
fn each_way_to_convolve_agrees_with_the_loops_at_every_edge() {
    let Some(gpu) = gpu("each_way_to_convolve_agrees_with_the_loops_at_every_edge") else { return };
    for (x, w, stride, padding) in SHAPES {
        let window = Window { stride, padding };
        let inputs = made_up(x, w, window);
        let [images, filters, dout] = &inputs;
        let out = naive::forward(images, filters, window);
        let (dx, dw) = naive::backward(dout, images, filters, window);
        let db: Array1<f64> = dout.sum_axis(Axis(3)).sum_axis(Axis(2)).sum_axis(Axis(0));
        for algorithm in [Algorithm::Naive, Algorithm::Tiled] {
            let name = |what: &str| format!("{what}, {algorithm:?}, {x:?} by {w:?}, {window:?}");
            let conv = poisoned(gpu, &inputs, window, algorithm);
            run(gpu, [&conv.forward]);
            run(gpu, [&conv.backward_x]);
            run(gpu, &conv.backward_w);
            run(gpu, [&conv.backward_b]);
            close(&conv::read(gpu, &conv.out, out.dim()).unwrap(), &out, &name("out"));
            close(&conv::read(gpu, &conv.dx, dx.dim()).unwrap(), &dx, &name("dx"));
            close(&conv::read(gpu, &conv.dw, dw.dim()).unwrap(), &dw, &name("dw"));
            let ours: Vec<f64> = conv.db.read(gpu).unwrap().into_iter().map(f64::from).collect();
            assert!(relative_error(&Array1::from(ours), &db) < 2e-5, "{}", name("db"));
        }
    }
}

/// So many images that the sum of `dw` is cut into several slices, the last of them
/// shorter, and each is written to parts that are not cleared.
#[test]
fn a_long_sum_in_slices_is_the_loops_sum() {
    let Some(gpu) = gpu("a_long_sum_in_slices_is_the_loops_sum") else { return };
    let (window, x, w) = (Window::default(), (7, 1, 13, 13), (2, 1, 3, 3));
    let inputs = made_up(x, w, window);
    let conv = poisoned(gpu, &inputs, window, Algorithm::Tiled);
    assert!(conv.backward_w[0].groups[2] > 2, "{:?}", conv.backward_w[0].groups);
    run(gpu, &conv.backward_w);
    let (_, dw) = naive::backward(&inputs[2], &inputs[0], &inputs[1], window);
    close(&conv::read(gpu, &conv.dw, dw.dim()).unwrap(), &dw, "dw in slices");
}

/// The way back is the adjoint of the way forward: `<conv(x), dout> = <x, dx>`, and
/// the same for `w`; this ties the three kernels to each other without a reference.
#[test]
fn the_way_back_is_the_adjoint_of_the_way_forward() {
    let Some(gpu) = gpu("the_way_back_is_the_adjoint_of_the_way_forward") else { return };
    let window = Window { stride: 2, padding: 1 };
    let [x, w, dout] = made_up((2, 3, 7, 9), (4, 3, 3, 3), window);
    let out = conv::forward(gpu, &x, &w, window).unwrap();
    let (dx, dw) = conv::backward(gpu, &dout, &x, &w, window).unwrap();
    assert!(adjoint_error(&out, &dout, &x, &dx) < 1e-5);
    assert!(adjoint_error(&out, &dout, &w, &dw) < 1e-5);
}

/// `a b` in tiles, written to an array full of NaN.
fn product(gpu: &Gpu, a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let (n, k, m) = (a.nrows(), a.ncols(), b.ncols());
    let c = gpu.upload("c", &vec![f32::NAN; n * m]).unwrap();
    let [a, b] = [a, b].map(|matrix| gpu.upload("a or b", &to_f32(matrix)).unwrap());
    run(gpu, [&matmul(gpu, (n, k, m), [&a, &b, &c]).unwrap()]);
    let c = c.read(gpu).unwrap().into_iter().map(f64::from).collect();
    Array2::from_shape_vec((n, m), c).unwrap()
}

#[test]
fn the_product_in_tiles_agrees_with_ndarray_for_odd_sizes() {
    let Some(gpu) = gpu("the_product_in_tiles_agrees_with_ndarray_for_odd_sizes") else { return };
    for (n, k, m) in [(1, 1, 1), (3, 17, 2), (64, 16, 64), (65, 33, 67), (5, 100, 130)] {
        let (a, b) = (numbers((n, k), 1, 1.0), numbers((k, m), 2, 1.0));
        let error = relative_error(&product(gpu, &a, &b), &a.dot(&b));
        assert!(error < 1e-5, "({n}, {k})({k}, {m}): {error:e}");
        let zero = product(gpu, &Array2::zeros((n, k)), &Array2::zeros((k, m)));
        assert!(zero.iter().all(|&v| v == 0.0), "({n}, {k})({k}, {m})");
    }
}

#[test]
fn results_have_the_same_bits_every_time() {
    let Some(gpu) = gpu("results_have_the_same_bits_every_time") else { return };
    let window = Window { stride: 1, padding: 1 };
    let inputs = made_up((4, 2, 9, 9), (6, 2, 3, 3), window);
    for algorithm in [Algorithm::Naive, Algorithm::Tiled] {
        let bits = || {
            let conv = poisoned(gpu, &inputs, window, algorithm);
            run(gpu, [&conv.forward]);
            run(gpu, [&conv.backward_x]);
            run(gpu, &conv.backward_w);
            run(gpu, [&conv.backward_b]);
            [&conv.out, &conv.dx, &conv.dw, &conv.db]
                .map(|array| array.read_range::<u32>(gpu, 0..array.len).unwrap())
        };
        let first = bits();
        for _ in 0..5 {
            assert!(bits() == first, "{algorithm:?}");
        }
    }
}

#[test]
fn what_is_uploaded_comes_back_and_the_rest_is_zero() {
    let Some(gpu) = gpu("what_is_uploaded_comes_back_and_the_rest_is_zero") else { return };
    let array = gpu.array("numbers", 1000).unwrap();
    array.write(gpu, 990, &[1.5, f32::MIN_POSITIVE, f32::INFINITY]);
    let read = array.read(gpu).unwrap();
    assert!(read[..990].iter().chain(&read[993..]).all(|&v| v == 0.0));
    assert_eq!(read[990..993], [1.5, f32::MIN_POSITIVE, f32::INFINITY]);
    assert_eq!(array.read_range::<f32>(gpu, 991..992).unwrap(), [f32::MIN_POSITIVE]);
}

#[test]
fn many_threads_may_read_at_the_same_time() {
    let Some(gpu) = gpu("many_threads_may_read_at_the_same_time") else { return };
    std::thread::scope(|scope| {
        for k in 0..8 {
            scope.spawn(move || {
                let array = gpu.upload("numbers", &[k as f32; 10]).unwrap();
                (0..100).for_each(|_| assert_eq!(array.read(gpu).unwrap(), [k as f32; 10]));
            });
        }
    });
}

#[test]
fn a_kernel_that_does_not_compile_says_which_and_why() {
    let Some(gpu) = gpu("a_kernel_that_does_not_compile_says_which_and_why") else { return };
    let cases: [(&'static [&'static str], &str); 3] = [
        (&["fn main( {"], "expected"),
        (&["@compute @workgroup_size(1) fn main() { let a = b; }"], "b"),
        (&["@compute @workgroup_size(1) fn other() {}"], "main"),
    ];
    let spare = gpu.array("spare", 64).unwrap();
    for (i, (files, word)) in cases.into_iter().enumerate() {
        let name = ["broken", "unknown", "headless"][i];
        let error =
            Kernel(name, files).dispatch(gpu, &[], &[&spare], [1, 1, 1]).err().unwrap().to_string();
        let begin = format!("kernels/{name}.wgsl does not compile");
        assert!(error.starts_with(&begin) && error.contains(word), "{error}");
    }
    // The GPU is none the worse for it.
    assert!(product(gpu, &numbers((2, 2), 1, 1.0), &numbers((2, 2), 2, 1.0))[[0, 0]].is_finite());
}

#[test]
fn an_array_beyond_the_limits_is_refused_with_both_sizes() {
    let Some(gpu) = gpu("an_array_beyond_the_limits_is_refused_with_both_sizes") else { return };
    for len in [1 << 40, usize::MAX] {
        let error = gpu.array("the data set", len).err().unwrap().to_string();
        assert!(error.starts_with("the data set: ") && error.contains(" MB are more than the "));
        assert!(error.contains("--batch-size"), "{error}");
    }
}

#[test]
fn more_workgroups_than_can_be_counted_are_refused() {
    let Some(gpu) = gpu("more_workgroups_than_can_be_counted_are_refused") else { return };
    let spare = gpu.array("spare", 64).unwrap();
    let work = EMPTY.dispatch(gpu, &[], &[&spare], [usize::MAX, 1, 1]).unwrap();
    let error = gpu.submit([&work]).unwrap_err().to_string();
    assert!(error.starts_with("empty: ") && error.contains("more than the"), "{error}");
    for count in [1, 64, 65, 64 << 15, (64 << 15) + 1, 1 << 31] {
        let [x, y, z] = groups_for(count, 64);
        assert!(x <= 1 << 15 && y < 65_536 && z == 1);
        assert!(x * y * 64 >= count && (y - 1) * x * 64 < count, "{count}: {x} {y}");
    }
}

#[test]
fn a_lost_gpu_is_a_sentence_and_not_a_panic() {
    if gpu("a_lost_gpu_is_a_sentence_and_not_a_panic").is_none() {
        return;
    }
    let gpu = Gpu::open("", None).unwrap(); // one to lose
    let array = gpu.upload("numbers", &[1.0; 100]).unwrap();
    let spare = gpu.array("spare", 64).unwrap();
    let work = EMPTY.dispatch(&gpu, &[], &[&spare], [1, 1, 1]).unwrap();
    gpu.device.destroy();
    for error in [
        array.read(&gpu).map(drop).unwrap_err(),
        gpu.submit([&work]).unwrap_err(),
        gpu.array("another", 1).map(drop).unwrap_err(),
        gpu.wait().unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.starts_with("the GPU ") && error.contains("was lost"), "{error}");
        assert!(error.contains("run again"), "{error}");
    }
}

#[test]
fn a_kernel_refuses_other_arrays_than_its_own() {
    let Some(gpu) = gpu("a_kernel_refuses_other_arrays_than_its_own") else { return };
    let spare = gpu.array("spare", 64).unwrap();
    for arrays in [&[][..], &[&spare, &spare]] {
        let error = EMPTY.dispatch(gpu, &[], arrays, [1, 1, 1]).err().unwrap().to_string();
        let begin = format!("kernels/empty.wgsl does not take {} arrays: ", arrays.len());
        assert!(error.starts_with(&begin), "{error}");
    }
}
