//! Chapter 11's network, splits, protocols and intervals.

use common::check::relative_error;
use common::{Float, accuracy, seeded};
use datasets::Iris;
use iris::confidence_interval::{
    corrected_t_interval, median_interval, t_interval, t_quantile, wilson_interval,
};
use iris::contour::zero_contour;
use iris::protocols::{self, Framework};
use iris::split::{mean_and_std, stratified_split};
use iris::training::{Timing, training_seconds};
use iris::{Network, Setting, Split, flux, keras, knet};
use ndarray::{Array1, Array2, Axis, s};
use referee::{fixture, numbers};

fn flowers<F: common::Real>() -> Iris<F> {
    datasets::iris::<F>(None).unwrap()
}

// ---- The network ----

#[test]
fn the_first_ten_steps_are_pytorchs() {
    let torch = fixture("torch/iris.npz");
    let flowers = flowers::<f64>();
    let (mean, deviation) = mean_and_std(&flowers.x);
    let x = (&flowers.x - &mean) / &deviation; // (150, 4)
    let start = |shape: (usize, usize), k: u64| numbers(shape, 1100 + k, 0.8);
    let (wh, bh) = (start((4, 8), 0), start((1, 8), 1));
    let (wo, bo) = (start((8, 3), 2), start((1, 3), 3));
    let mut net = Network::new(8, &mut seeded(1));
    (net.wh, net.bh, net.wo, net.bo) = (wh, bh, wo, bo);
    let losses = torch.get("losses", 10).unwrap();
    for step in 0..10 {
        let rows: Vec<usize> = (16 * step..16 * step + 16).map(|row| row % 150).collect();
        let (x, t) = (x.select(Axis(0), &rows), flowers.t.select(Axis(0), &rows));
        if step == 0 {
            let (h, y) = hidden_layer::forward(&x, &net.wh, &net.bh, &net.wo, &net.bo);
            let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &net.wo, &h, &y, &t);
            for (name, sum) in [("dwh", dwh), ("dbh", dbh), ("dwo", dwo), ("dbo", dbo)] {
                let theirs = torch.get(name, sum.dim()).unwrap();
                assert!(relative_error(&(sum / 16.0), &theirs) < 1e-13, "{name}");
            }
        }
        let loss = net.step(&x, &t, 0.01).unwrap();
        assert!((loss - losses[step]).abs() < 1e-12, "step {step}: {loss} {}", losses[step]);
    }
    for (name, ours) in [("wh", net.wh), ("bh", net.bh), ("wo", net.wo), ("bo", net.bo)] {
        let theirs = torch.get(name, ours.dim()).unwrap();
        assert!(relative_error(&ours, &theirs) < 1e-12, "{name}");
    }
}

#[test]
fn a_network_whose_output_is_no_number_stops_with_a_sentence() {
    let mut rng = seeded(1);
    let split = Split::draw(&flowers::<f32>(), 30, &mut rng);
    let mut net = Network::new(8, &mut rng);
    net.wh.fill(f32::NAN);
    let error = net.step(&split.train.x, &split.train.t, 0.01).unwrap_err();
    assert!(error.to_string().contains("no longer a number at iteration 1"), "{error}");
}

// ---- Splits ----

#[test]
fn splits_are_stratified_disjoint_and_hold_every_flower() {
    let labels = flowers::<f32>().labels;
    let mut seen = std::collections::HashSet::new();
    for stream in 0..20 {
        let mut rng = seeded(1);
        rng.set_stream(stream);
        let (train, test) = stratified_split(&labels, 30, &mut rng);
        for (part, each) in [(&train, 40), (&test, 10)] {
            for species in 0..3 {
                let count = part.iter().filter(|&&row| labels[row] == species).count();
                assert_eq!(count, each);
            }
        }
        let mut all = [train, test.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<_>>(), "each flower once, in one part");
        seen.insert(test);
    }
    assert_eq!(seen.len(), 20, "twenty different splits");
}

#[test]
fn unequal_species_keep_their_shares_and_none_is_left_without_a_flower() {
    let labels: Array1<usize> = (0..60).map(|i| [0, 0, 0, 1, 1, 2][i / 10]).collect();
    let counts = |rows: &[usize]| {
        [0, 1, 2].map(|species| rows.iter().filter(|&&row| labels[row] == species).count())
    };
    for (test, expected) in [(12, [6, 4, 2]), (1, [1, 1, 1]), (59, [29, 19, 9])] {
        let (learnt, tested) = stratified_split(&labels, test, &mut seeded(1));
        assert_eq!(counts(&tested), expected, "{test}");
        assert_eq!(learnt.len() + tested.len(), 60);
    }
}

#[test]
fn the_scale_is_that_of_the_training_part_alone() {
    let flowers = flowers::<f64>();
    let split = Split::draw(&flowers, 45, &mut seeded(3));
    let (mean, deviation) = mean_and_std(&split.train.x);
    assert!(mean.iter().all(|m| m.abs() < 1e-12), "{mean}");
    assert!(deviation.iter().all(|d| (d - 1.0).abs() < 1e-12), "{deviation}");
    let (test_mean, _) = mean_and_std(&split.test.x);
    assert!(test_mean.iter().any(|m| m.abs() > 0.01), "the tested flowers set no scale");
    for part in [&split.train, &split.test] {
        for (x, &row) in part.x.rows().into_iter().zip(&part.rows) {
            let centimetres = &x * &split.deviation + &split.mean;
            let off = (centimetres - flowers.x.row(row)).mapv(f64::abs);
            assert!(off.iter().all(|&off| off < 1e-12), "{off}");
        }
    }
    let still = Array2::from_elem((5, 4), 2.5);
    assert_eq!(mean_and_std(&still).1, Array1::from_elem(4, 1.0), "nothing to divide by");
}

// ---- Protocols ----

/// Trains for three epochs: the network, its timing, and updates and examples after each.
fn three_epochs(
    framework: Framework,
    split: &Split<f64>,
    batch_size: usize,
    flag: bool,
) -> (Network<f64>, Timing, Vec<(usize, usize)>) {
    let mut rng = seeded(5);
    let mut net = Network::new(8, &mut rng);
    let (train, setting) = (&split.train, Setting { batch_size, epochs: 3, rate: 0.01 });
    let mut seen = Vec::new();
    let watch = |net: &Network<f64>, loss: f64| {
        assert!(loss.is_finite());
        seen.push((net.updates, net.examples));
    };
    let seconds = match framework {
        Framework::Keras => keras(&mut net, train, setting, flag, &mut rng, watch),
        Framework::Knet => knet(&mut net, train, setting, flag, &mut rng, watch),
        Framework::Flux => flux(&mut net, train, setting, &mut rng, watch),
    };
    (net, seconds.unwrap(), seen)
}

#[test]
fn each_protocol_does_the_work_it_says() {
    let split = Split::draw(&flowers::<f64>(), 30, &mut seeded(1)); // 120 to learn from
    let work = |protocol, batch_size, flag| three_epochs(protocol, &split, batch_size, flag).2;
    // Updates and flowers after each epoch: 4 of 120, 7 of 112, 12 of 120.
    assert_eq!(work(Framework::Keras, 32, true), [(4, 120), (8, 240), (12, 360)]);
    assert_eq!(work(Framework::Knet, 16, false), [(7, 112), (14, 224), (21, 336)]);
    assert_eq!(work(Framework::Flux, 10, true), [(12, 120), (24, 240), (36, 360)]);
    assert_eq!(work(Framework::Knet, 16, true), [(8, 120), (16, 240), (24, 360)]);
    let (_, (preparing, epochs), _) = three_epochs(Framework::Flux, &split, 10, true);
    assert_eq!(epochs.len(), 3);
    assert!(preparing > 0.0 && training_seconds(&epochs) > 0.0);
    let (_, (preparing, _), _) = three_epochs(Framework::Keras, &split, 10, true);
    assert_eq!(preparing, 0.0, "Keras prepares nothing off the clock");
}

#[test]
fn by_the_same_rules_the_three_are_the_same_to_the_last_bit() {
    let split = Split::draw(&flowers::<f64>(), 30, &mut seeded(2));
    let net = |protocol, flag| three_epochs(protocol, &split, 16, flag).0;
    let (keras, knet) = (net(Framework::Keras, false), net(Framework::Knet, true));
    assert_eq!(keras, knet);
    assert_eq!(keras, net(Framework::Flux, true));
    // And any rule that differs shows.
    assert_ne!(keras, net(Framework::Keras, true), "a new order in every epoch");
    assert_ne!(knet, net(Framework::Knet, false), "the short batch left out");
}

#[test]
fn keras_shows_every_flower_once_in_every_epoch_in_a_new_order() {
    // Batches of one, and steps too short to change anything: what the losses of an
    // epoch add up to does not depend on the order, if every flower is in it once.
    let split = Split::draw(&flowers::<f64>(), 30, &mut seeded(6));
    let losses = |shuffle: bool| {
        let mut rng = seeded(7);
        let mut net = Network::new(8, &mut rng);
        let setting = Setting { batch_size: 1, epochs: 4, rate: 1e-14 };
        let mut losses = Vec::new();
        let callback = |_: &Network<f64>, loss| losses.push(loss);
        keras(&mut net, &split.train, setting, shuffle, &mut rng, callback).unwrap();
        (losses, net)
    };
    let ((shuffled, one), (kept, other)) = (losses(true), losses(false));
    for loss in shuffled.iter().chain(&kept) {
        assert!((loss - kept[0]).abs() < 1e-9, "{shuffled:?} {kept:?}");
    }
    assert_ne!(one, other, "Adam remembers that the orders differ");
}

#[test]
fn knet_refuses_to_train_on_nothing() {
    let split = Split::draw(&flowers::<f64>(), 140, &mut seeded(1)); // 9 to learn from
    let mut rng = seeded(1);
    let mut net = Network::new(8, &mut rng);
    let (train, setting) = (&split.train, Setting { batch_size: 16, epochs: 3, rate: 0.01 });
    let error = knet(&mut net, train, setting, false, &mut rng, |_, _| ()).unwrap_err().to_string();
    assert!(error.contains("do not fill one of 16"), "{error}");
    assert!(knet(&mut net, train, setting, true, &mut rng, |_, _| ()).is_ok());
}

#[test]
fn the_rules_are_the_articles_and_change_one_thing_at_a_time() {
    let [keras, knet, flux] = protocols::own();
    assert!(keras.reshuffle && !knet.reshuffle && !flux.reshuffle);
    assert!(keras.building_timed && !knet.building_timed && !flux.building_timed);
    assert!(keras.short_batch && !knet.short_batch && flux.short_batch);
    assert_eq!([keras.batch_size, knet.batch_size, flux.batch_size], [32, 16, 10]);
    let fair = protocols::fair(16);
    for changed in protocols::one_changed(16) {
        let like = &fair[changed.framework as usize];
        assert_eq!(like.framework, changed.framework);
        let differences = [
            like.batch_size != changed.batch_size,
            like.reshuffle != changed.reshuffle,
            like.short_batch != changed.short_batch,
            like.building_timed != changed.building_timed,
            like.own_start != changed.own_start,
        ];
        let count = differences.iter().filter(|&&differs| differs).count();
        assert_eq!(count, usize::from(!changed.name.starts_with("nothing")), "{}", changed.name);
    }
}

#[test]
fn at_least_96_percent_of_the_flowers_are_read_over_500_splits() {
    let flowers = flowers::<Float>();
    let mut sum = 0.0;
    for seed in 1..=5 {
        for k in 0..100 {
            let mut rng = seeded(seed);
            rng.set_stream(k);
            let split = Split::draw(&flowers, 30, &mut rng);
            let mut net = Network::new(8, &mut rng);
            let setting = Setting { batch_size: 16, epochs: 100, rate: 0.01 };
            flux(&mut net, &split.train, setting, &mut rng, |_, _| ()).unwrap();
            sum += accuracy(&net.forward(&split.test.x), &split.test.t);
        }
    }
    let mean = sum / 500.0;
    assert!((96.0..98.0).contains(&mean), "{mean}");
}

// ---- Intervals ----

#[test]
fn quantiles_and_shares_are_scipys() {
    let scipy = fixture("torch/iris.npz");
    let rows = |name, columns| {
        let table = scipy.any_shape(name).unwrap();
        table.to_shape((table.len() / columns, columns)).unwrap().into_owned()
    };
    for row in rows("student", 2).rows() {
        let ours = t_quantile(row[0]);
        assert!((ours / row[1] - 1.0).abs() < 1e-9, "{} degrees: {ours} {}", row[0], row[1]);
    }
    for row in rows("wilson", 4).rows() {
        let ours = wilson_interval(row[0], row[1]);
        assert!((ours.low - row[2]).abs() < 1e-12 && (ours.high - row[3]).abs() < 1e-12, "{row}");
    }
    for row in rows("median", 2).rows() {
        let values: Vec<f64> = (1..=row[0] as usize).map(|v| v as f64).collect(); // their ranks
        let ours = median_interval(&values);
        assert_eq!((ours.low, ours.high), (row[1], row[0] + 1.0 - row[1]));
        assert_eq!(ours.estimate, (row[0] + 1.0) / 2.0);
    }
}

#[test]
fn intervals_of_three_values_are_what_a_pencil_gives() {
    let t = 4.302_652_729_911_275; // two degrees of freedom
    let plain = t_interval(&[1.0, 2.0, 3.0]); // mean 2, deviation 1
    assert!((plain.high - 2.0 - t / 3f64.sqrt()).abs() < 1e-8 && plain.estimate == 2.0);
    let wider = corrected_t_interval(&[1.0, 2.0, 3.0], 0.25);
    assert!((2.0 - wider.low - t * (1.0 / 3.0 + 0.25f64).sqrt()).abs() < 1e-8);
    assert_eq!(t_interval(&[5.0, 5.0]).low, 5.0);
    assert_eq!((median_interval(&[3.0]).low, median_interval(&[2.0, 9.0]).high), (3.0, 9.0));
}

#[test]
fn an_interval_holds_the_truth_in_95_of_100_experiments() {
    let experiments = 2_000;
    let draws: Array2<f64> = common::init::normal((experiments, 25), &mut seeded(9));
    let draws = draws * 2.0 + 3.0; // N(3, 4)
    let rate = |holds: &dyn Fn(&[f64]) -> bool| {
        let held = draws.rows().into_iter().filter(|row| holds(row.as_slice().unwrap())).count();
        100.0 * held as f64 / experiments as f64
    };
    let of_mean = rate(&|row| t_interval(row).contains(3.0));
    assert!((93.5..96.5).contains(&of_mean), "{of_mean}");
    // 25 coins: the ranks 8 and 18 hold the median in 95.7 of 100.
    let of_median = rate(&|row| median_interval(row).contains(3.0));
    assert!((94.2..97.2).contains(&of_median), "{of_median}");
    // 25 tries that succeed with 84.13 %: a normal draw below its mean plus a deviation.
    let of_share = rate(&|row| {
        let right = row.iter().filter(|&&v| v < 5.0).count();
        wilson_interval(right as f64, 25.0).contains(0.841_344_746)
    });
    assert!((92.0..98.0).contains(&of_share), "{of_share}");
    // The textbook's p ± 1.96 sqrt(p (1 - p) / n) does worse.
    let of_textbook = rate(&|row| {
        let p = row.iter().filter(|&&v| v < 5.0).count() as f64 / 25.0;
        (p - 0.841_344_746).abs() <= 1.959_964 * (p * (1.0 - p) / 25.0).sqrt()
    });
    assert!(of_textbook < of_share - 1.0, "{of_textbook} {of_share}");
}

#[test]
#[should_panic(expected = "two values at least, not 1")]
fn a_single_value_has_no_interval() {
    t_interval(&[1.0]);
}

// ---- The picture ----

#[test]
fn the_line_where_a_plane_is_zero_is_straight() {
    let line = zero_contour(0.0..=2.0, 0.0..=1.0, |x, y| x - 2.0 * y + 0.013);
    assert!(line.len() > 120, "{}", line.len());
    for piece in line.chunks(3) {
        assert!(piece[2].0.is_nan() && piece[2].1.is_nan(), "a gap behind each piece");
        for &(x, y) in &piece[..2] {
            assert!((x - 2.0 * y + 0.013).abs() < 1e-12);
        }
    }
    assert!(zero_contour(0.0..=1.0, 0.0..=1.0, |_, _| 1.0).is_empty());
}

#[test]
fn batches_cut_from_the_rows_are_the_flowers_with_their_own_targets() {
    let flowers = flowers::<f64>();
    let split = Split::draw(&flowers, 30, &mut seeded(4));
    for (i, &row) in split.train.rows.iter().enumerate() {
        assert_eq!(split.train.t.row(i), flowers.t.row(row));
        assert_eq!(split.train.labels[i], flowers.labels[row]);
    }
    assert_eq!(split.train.t.slice(s![.., 0]).sum(), 40.0);
}
