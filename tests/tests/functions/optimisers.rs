//! Four ways downhill, against PyTorch's numbers and against their papers.

use deep_cnn::optimiser::{BETA1, BETA2, EPSILON, Method, Optimiser};
use deep_cnn::optimiser::{adam, momentum, nesterov, sgd};
use deep_cnn::schedule::{one_cycle, steps};
use referee::{fixture, numbers};

const RATE: f64 = 0.1;
const M: f64 = 0.9;

/// Ten steps of `step(w, dw, i)` along the gradients of the fixture.
fn ten_steps(mut step: impl FnMut(&mut [f64], &[f64], usize)) -> Vec<Vec<f64>> {
    let mut w = numbers(7, 300, 1.0).to_vec();
    let steps = (1..=10).map(|i| {
        step(&mut w, &numbers(7, 300 + i as u64, 1.0).to_vec(), i);
        w.clone()
    });
    steps.collect()
}

#[test]
fn ten_steps_of_each_are_pytorchs() {
    let torch = fixture("torch/optimisers.npz");
    let (mut v, mut ahead) = (vec![0.0; 7], vec![0.0; 7]);
    let (mut mean, mut square) = (vec![0.0; 7], vec![0.0; 7]);
    for (name, ours) in [
        ("sgd", ten_steps(|w, dw, _| sgd(w, dw, RATE))),
        ("momentum", ten_steps(|w, dw, _| momentum(w, dw, &mut v, RATE, M))),
        ("nesterov", ten_steps(|w, dw, _| nesterov(w, dw, &mut ahead, RATE, M))),
        ("adam", ten_steps(|w, dw, i| adam(w, dw, &mut mean, &mut square, i, RATE))),
    ] {
        let theirs = torch.get(name, (10, 7)).unwrap();
        for (ours, theirs) in ours.iter().flatten().zip(&theirs) {
            assert!((ours - theirs).abs() < 1e-14, "{name}: {ours} is not {theirs}");
        }
    }
}

/// Where `step` leads from (1, 1) in a valley that is 50 times as steep across as
/// along, `loss = (w0^2 + 50 w1^2) / 2`: the loss after `steps` steps.
fn down_the_valley(steps: usize, mut step: impl FnMut(&mut [f64], &[f64], usize)) -> f64 {
    let mut w = [1.0, 1.0];
    for i in 1..=steps {
        let dw = [w[0], 50.0 * w[1]];
        step(&mut w, &dw, i);
    }
    (w[0] * w[0] + 50.0 * w[1] * w[1]) / 2.0
}

#[test]
fn in_a_long_valley_momentum_is_faster_and_looking_ahead_calmer() {
    let rate = 0.02; // 1 / 50: as far as the steep side allows without overshooting
    let plain = down_the_valley(100, |w, dw, _| sgd(w, dw, rate));
    let mut v = [0.0; 2];
    let heavy = down_the_valley(100, |w, dw, _| momentum(w, dw, &mut v, rate, M));
    let mut v = [0.0; 2];
    let ahead = down_the_valley(100, |w, dw, _| nesterov(w, dw, &mut v, rate, M));
    assert!(heavy < plain / 10.0, "{heavy} {plain}");
    assert!(ahead < heavy, "{ahead} {heavy}");
}

#[test]
fn adam_is_algorithm_1_of_its_paper() {
    let (mut w, mut v, mut s) = (vec![0.5], vec![0.0], vec![0.0]);
    let (mut theta, mut m, mut u) = (0.5, 0.0, 0.0);
    for (i, g) in [(1, 0.2), (2, -0.7), (3, 0.1), (4, 1e-12)] {
        adam(&mut w, &[g], &mut v, &mut s, i, 0.01);
        m = BETA1 * m + (1.0 - BETA1) * g;
        u = BETA2 * u + (1.0 - BETA2) * g * g;
        let (m_hat, u_hat) = (m / (1.0 - BETA1.powi(i as i32)), u / (1.0 - BETA2.powi(i as i32)));
        theta -= 0.01 * m_hat / (f64::sqrt(u_hat) + EPSILON);
        assert!((w[0] - theta).abs() < 1e-15, "step {i}: {} {theta}", w[0]);
    }
}

#[test]
fn adams_first_step_is_as_long_as_the_learning_rate_whatever_the_gradient() {
    for gradient in [1e-3, -1.0, 1e4] {
        let (mut w, mut v, mut s) = ([0.0f64], [0.0], [0.0]);
        adam(&mut w, &[gradient], &mut v, &mut s, 1, 0.01);
        assert!((w[0].abs() - 0.01).abs() < 1e-6 && w[0] * gradient < 0.0, "{}", w[0]);
    }
    // In f32 too: 1 - 0.999 is subtracted before it is rounded.
    let (mut w, mut v, mut s) = ([0.0f32], [0.0], [0.0]);
    adam(&mut w, &[1.0], &mut v, &mut s, 1, 1.0);
    assert!((w[0] + 1.0).abs() < 2e-7, "lesson 08: {}", w[0]);
    let mut w = ndarray::arr2(&[[0.0f32]]);
    dropout_adam::adam::Adam::new(&w).step(&mut w, &ndarray::arr2(&[[1.0]]), 1, 1.0);
    assert!((w[[0, 0]] + 1.0).abs() < 2e-7, "lesson 09: {w}");
}

#[test]
fn many_parameters_on_many_threads_go_where_each_goes_alone() {
    let n = 100_000; // more than a chunk
    let dw = numbers(n, 1, 1.0).mapv(|v| v as f32).to_vec();
    let start = numbers(n, 2, 1.0).mapv(|v| v as f32).to_vec();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (mut w, mut v, mut s) = (start.clone(), vec![0.0; n], vec![0.0; n]);
            sgd(&mut w, &dw, 0.1);
            momentum(&mut w, &dw, &mut v, 0.1, 0.9);
            nesterov(&mut w, &dw, &mut v, 0.1, 0.9);
            adam(&mut w, &dw, &mut v, &mut s, 1, 0.1);
            w
        })
    };
    let (one, three) = (run(1), run(3));
    assert!(one.iter().zip(&three).all(|(a, b)| a.to_bits() == b.to_bits()));
    for k in [0, 32_767, 32_768, n - 1] {
        let (mut w, mut v, mut s) = ([start[k]], [0.0], [0.0]);
        sgd(&mut w, &dw[k..=k], 0.1);
        momentum(&mut w, &dw[k..=k], &mut v, 0.1, 0.9);
        nesterov(&mut w, &dw[k..=k], &mut v, 0.1, 0.9);
        adam(&mut w, &dw[k..=k], &mut v, &mut s, 1, 0.1);
        assert_eq!(w[0], one[k], "parameter {k}");
    }
}

#[test]
#[should_panic(expected = "as long as each other, not [3, 3, 2]")]
fn a_state_of_another_length_is_refused() {
    momentum(&mut [0.0; 3], &[0.0; 3], &mut [0.0; 2], 0.1, 0.9);
}

#[test]
fn a_rate_in_steps_goes_down_at_a_half_and_at_three_quarters() {
    assert_eq!([0.0, 0.499, 0.5, 0.749, 0.75, 1.0].map(steps), [1.0, 1.0, 0.3, 0.3, 0.1, 0.1]);
}

#[test]
fn one_cycle_has_its_peak_where_the_warming_ends() {
    let rates: Vec<f64> = (0..=100).map(|k| one_cycle(k as f64 / 100.0, 0.2)).collect();
    assert_eq!((rates[0], rates[20], rates[100]), (0.1, 1.0, 0.0));
    assert!(rates[..=20].is_sorted() && rates[20..].iter().rev().is_sorted());
}

#[test]
fn an_optimiser_steps_as_its_method_does() {
    let by = |method: Method| {
        let mut optimiser = Optimiser::new(method, M, 7);
        ten_steps(|w, dw, _| optimiser.step(w, dw, RATE))
    };
    let (mut v, mut ahead) = (vec![0.0; 7], vec![0.0; 7]);
    let (mut mean, mut square) = (vec![0.0; 7], vec![0.0; 7]);
    assert_eq!(by(Method::Sgd), ten_steps(|w, dw, _| sgd(w, dw, RATE)));
    assert_eq!(by(Method::Momentum), ten_steps(|w, dw, _| momentum(w, dw, &mut v, RATE, M)));
    assert_eq!(by(Method::Nesterov), ten_steps(|w, dw, _| nesterov(w, dw, &mut ahead, RATE, M)));
    let adam = ten_steps(|w, dw, i| adam(w, dw, &mut mean, &mut square, i, RATE));
    assert_eq!(by(Method::Adam), adam);
}

/// Without new gradients a mean shrinks, and rounding would keep it at the smallest
/// numbers there are for ever: 0.9 of four of them is four. Its product with the learning
/// rate must not be subnormal either.
#[test]
fn no_state_and_no_product_with_the_rate_is_ever_subnormal() {
    let subnormal = |v: &&f32| **v != 0.0 && !(0.001 * **v).is_normal();
    let steps = 5_000;
    for (name, step) in dropout_adam::optimisers::all::<f32>() {
        let gradient = [1e-3, -1.0, 1e-12, 0.0];
        let (mut w, mut v, mut s) = ([0.5f32; 4], [0.0; 4], [0.0; 4]);
        let mut small = 0;
        for i in 1..=steps {
            let dw = if i == 1 { gradient } else { [0.0; 4] };
            step(&mut w, &dw, &mut v, &mut s, i, 0.001);
            small += v.iter().chain(&s).filter(subnormal).count();
        }
        assert_eq!(small, 0, "{name}: {v:?} {s:?}");
        assert!(w.iter().all(|w| w.is_finite()), "{name}: {w:?}");
    }
    let mut w = ndarray::arr2(&[[0.5f32, 0.5, 0.5]]);
    let mut adam = dropout_adam::adam::Adam::new(&w);
    for i in 1..=steps {
        let dw = if i == 1 { [1e-3f32, -1.0, 1e-12] } else { [0.0; 3] };
        adam.step(&mut w, &ndarray::arr2(&[dw]), i, 0.001);
    }
    assert_eq!(adam.v.iter().chain(&adam.s).filter(subnormal).count(), 0);
    let mut running = batchnorm::RunningStats::<f32>::new(2, 0.1);
    running.mean.fill(1.0);
    let zeros = ndarray::Array2::zeros((1, 2));
    (0..steps).for_each(|_| running.update(&zeros, &zeros, 10));
    assert_eq!(running.mean.iter().chain(&running.var).filter(subnormal).count(), 0);
}
