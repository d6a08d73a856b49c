//! A training step that is repeated ten thousand times asks for its memory once.

use cnn_im2col::fast::Conv;
use cnn_im2col::fast::max_pool_backward::{MaxPoolBackward, pad_filter_rows};
use cnn_im2col::fast::product::{Matrix, Store, product};
use cnn_im2col::fast::train_step::TrainStep;
use cnn_naive::Window;
use cnn_naive::network::init_params;
use common::seeded;
use ndarray::Array2;
use referee::counting;

/// How often memory is asked for, by any thread, while `work` is done ten times
/// more after a first time: the least of twenty such counts. A thread of rayon's
/// asks once, when it first takes work from another, and that may be late; what
/// the work itself asks for is asked each time.
fn asked(mut work: impl FnMut()) -> usize {
    work();
    let mut ten_times = || {
        let before = counting::asked();
        (0..10).for_each(|_| work());
        counting::asked() - before
    };
    (0..20).map(|_| ten_times()).min().unwrap()
}

pub fn nothing_fast_asks_for_memory_again() {
    assert_eq!(asked(|| drop(vec![0u8; 100])), 10, "the count counts");

    for (image, filters, window) in [
        ((1, 28, 28), (30, 5, 5), Window::default()),
        ((20, 12, 12), (50, 5, 5), Window::default()),
        ((3, 9, 9), (4, 3, 3), Window { stride: 2, padding: 1 }),
    ] {
        let conv = Conv::new(image, filters, window).unwrap();
        let (x, w) = (vec![0.5f32; conv.inputs()], vec![0.5; filters.0 * conv.taps()]);
        let (mut out, mut dw) = (vec![0.0; conv.outputs()], w.clone());
        let (mut dx, mut scratch) = (x.clone(), conv.scratch());
        let times = asked(|| {
            conv.forward(&x, &w, &mut out, &mut scratch);
            conv.add_dw(&out, &x, &mut dw, &mut scratch);
            conv.dx(&out, &w, &mut dx, &mut scratch);
        });
        assert_eq!(times, 0, "Conv of {image:?} by {filters:?}");

        let mut peaks = MaxPoolBackward::new(&conv, 4).unwrap();
        let mut spread_w = Vec::new();
        let times = asked(|| {
            pad_filter_rows(&conv, &w, &mut spread_w);
            peaks.clear();
            for _ in 0..filters.0 {
                peaks.push_filter(&[0, 3], &[1.0, 2.0], &[1.0, 1.0]);
            }
            peaks.accumulate_dw(&conv, &x);
            peaks.add_dw(&conv, &mut dw);
            peaks.dx(&conv, &spread_w, &mut dx);
        });
        assert_eq!(times, 0, "MaxPoolBackward of {image:?} by {filters:?}");
    }

    let (a, b, mut c) = (vec![1.0f32; 70 * 600], vec![1.0; 600 * 50], vec![0.0; 70 * 50]);
    let times = asked(|| {
        product((70, 600, 50), Matrix::new(&a, 600), Matrix::new(&b, 50), Store::Overwrite, &mut c);
        product((70, 600, 50), Matrix::new(&a, 70).t(), Matrix::new(&b, 50), Store::Add, &mut c);
    });
    assert_eq!(times, 0, "product");

    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let times = pool.install(|| {
            let (mut f, mut bc, mut wo, mut bo) = init_params::<f32>(&mut seeded(1));
            let x = Array2::from_elem((200, 784), 0.5);
            let t = Array2::from_shape_fn((200, 10), |(n, k)| f32::from(u8::from(n % 10 == k)));
            let rows: Vec<usize> = (0..200).step_by(2).collect();
            let mut step = TrainStep::new(100);
            asked(|| {
                let parameters = (&mut f, &mut bc, &mut wo, &mut bo);
                step.run((&x, &t), &rows, parameters, (0.0001, 0.01));
            })
        });
        assert_eq!(times, 0, "a step on {threads} threads");
    }
}
