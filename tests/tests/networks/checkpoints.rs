//! Chapter 13: the network against central differences and PyTorch's first ten
//! steps, the tie between the hidden units, and checkpoints that are damaged in
//! every way we could think of.

use std::fs;
use std::path::Path;

use checkpoints::checkpoint::{load, paths, save};
use checkpoints::network::{Network, Optimiser, Start};
use checkpoints::preprocess::{ink, to_mnist};
use checkpoints::sampler::{Position, Sampler};
use checkpoints::store::{self, Store, latest, stem, steps};
use checkpoints::symmetry::{distinct_units, largest_difference, rank};
use checkpoints::training::{DataInfo, Settings, Training, sha256};
use common::check::{numerical_gradient, relative_error};
use common::{Float, cross_entropy_from_logits, seeded, softmax};
use datasets::{Dataset, Origin, Split};
use dropout_adam::dropout::mask;
use ndarray::{Array1, Array2, Array3, Array4, ArrayD, array};
use referee::{fixture, numbers, probe};

const SHAPES: [(&str, &[usize]); 6] = [
    ("w1", &[10, 1, 4, 4]),
    ("b1", &[1, 10]),
    ("w2", &[160, 40]),
    ("b2", &[1, 40]),
    ("w3", &[40, 10]),
    ("b3", &[1, 10]),
];

/// Images of a step and their targets, as in `scripts/torch_fixtures.py`.
fn images(n: usize, step: usize) -> (Array2<f64>, Array2<f64>) {
    let x = (numbers((n, 784), 1000 + step as u64, 1.0) + 1.0) / 2.0; // from 0 to 1
    let t = Array2::from_shape_fn((n, 10), |(n, k)| f64::from((3 * n + step) % 10 == k));
    (x, t)
}

/// Dropout that keeps 0.2 and 0.5, as there.
fn masks(n: usize, step: usize) -> (Array2<f64>, Array2<f64>) {
    let share = |shape, salt: usize, above: f64, keep: f64| {
        numbers(shape, salt as u64, 1.0).mapv(|v| if v > above { 1.0 / keep } else { 0.0 })
    };
    (share((n, 160), 2000 + step, 0.6, 0.2), share((n, 40), 3000 + step, 0.0, 0.5))
}

/// Where the fixture starts, with weights up to 0.2.
fn network(start: Start) -> Network<f64> {
    let zero = match start {
        Start::Zero => 0.0,
        Start::Random => 0.2,
    };
    let bias = |units| Array2::from_elem((1, units), 0.1);
    Network {
        w1: numbers((10, 1, 4, 4), 700, 0.2),
        b1: bias(10),
        w2: numbers((160, 40), 702, zero),
        b2: bias(40),
        w3: numbers((40, 10), 704, zero),
        b3: bias(10),
    }
}

fn parts(w: &Network<f64>) -> [ArrayD<f64>; 6] {
    let w = w.clone();
    let matrices = [w.b1, w.w2, w.b2, w.w3, w.b3].map(Array2::into_dyn);
    let [b1, w2, b2, w3, b3] = matrices;
    [w.w1.into_dyn(), b1, w2, b2, w3, b3]
}

#[test]
fn ten_steps_are_pytorchs_from_both_starts() {
    let torch = fixture("torch/checkpoints.npz");
    for (start, name) in [(Start::Random, "random"), (Start::Zero, "zero")] {
        let losses = torch.get(&format!("{name}_losses"), 10).unwrap();
        let close = |parts: &[ArrayD<f64>; 6], d: &str| {
            for (part, (piece, _)) in parts.iter().zip(SHAPES) {
                let what = format!("{name}_{d}{piece}");
                let (ours, theirs) = (probe(part), torch.any_shape(&what).unwrap());
                assert_eq!(ours.len(), theirs.len(), "{what}");
                let scale = theirs.iter().skip(2).fold(1e-12f64, |m, v| m.max(v.abs()));
                for (k, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    let scale =
                        if k < 2 { theirs.abs().max(scale * part.len() as f64) } else { scale };
                    let error = (ours - theirs).abs() / scale;
                    assert!(error < 1e-9, "{what}: off by {error:e}");
                }
            }
        };
        let mut w = network(start);
        let mut adam = Optimiser::new(&w);
        for step in 0..10 {
            let ((x, t), (m1, m2)) = (images(4, step), masks(4, step));
            let (z, cache) = w.forward(&x, Some([&m1, &m2]));
            let e = cross_entropy_from_logits(&z, &t);
            assert!(
                (e - losses[step]).abs() < 1e-11 * losses[step],
                "{name} {step}: {e} {}",
                losses[step]
            );
            let d = w.backward(&x, &cache, [&m1, &m2], &((softmax(&z) - &t) / 4.0));
            if step == 0 {
                close(&parts(&d), "d");
            }
            adam.step(&mut w, &d, step + 1, 1e-3);
        }
        close(&parts(&w), "");
    }
}

#[test]
fn backward_matches_numerical_gradients() {
    let ((x, t), (m1, m2)) = (images(3, 7), masks(3, 7));
    let w = network(Start::Random);
    let (z, cache) = w.forward(&x, Some([&m1, &m2]));
    let d = w.backward(&x, &cache, [&m1, &m2], &((softmax(&z) - &t) / 3.0));
    let loss = |w: &Network<f64>| cross_entropy_from_logits(&w.forward(&x, Some([&m1, &m2])).0, &t);
    let w1 = numerical_gradient(&w.w1, |w1: &Array4<f64>| {
        loss(&Network { w1: w1.clone(), ..w.clone() })
    });
    assert!(relative_error(&d.w1, &w1) < 1e-7);
    let matrix = |at: &Array2<f64>, put: &dyn Fn(&mut Network<f64>, Array2<f64>)| {
        numerical_gradient(at, |a: &Array2<f64>| {
            let mut w = w.clone();
            put(&mut w, a.clone());
            loss(&w)
        })
    };
    assert!(relative_error(&d.b1, &matrix(&w.b1, &|w, a| w.b1 = a)) < 1e-7);
    assert!(relative_error(&d.w2, &matrix(&w.w2, &|w, a| w.w2 = a)) < 1e-7);
    assert!(relative_error(&d.b2, &matrix(&w.b2, &|w, a| w.b2 = a)) < 1e-7);
    assert!(relative_error(&d.w3, &matrix(&w.w3, &|w, a| w.w3 = a)) < 1e-7);
    assert!(relative_error(&d.b3, &matrix(&w.b3, &|w, a| w.b3 = a)) < 1e-7);
}

#[test]
fn no_mask_is_a_mask_of_ones() {
    let (w, (x, _)) = (network(Start::Random), images(5, 1));
    let (m1, m2) = (Array2::ones((5, 160)), Array2::ones((5, 40)));
    assert_eq!(w.forward(&x, None).0, w.forward(&x, Some([&m1, &m2])).0);
}

#[test]
fn from_zeros_the_hidden_units_stay_alike_to_the_last_bit_and_dropout_parts_them() {
    for (rates, units) in [([0.0, 0.0], 1), ([0.8, 0.5], 40)] {
        let mut rng = seeded(1);
        let mut w: Network<f32> = Network::new(Start::Zero, &mut rng);
        let mut adam = Optimiser::new(&w);
        for i in 1..=50 {
            let (x, t) = images(32, i);
            let (x, t) = (x.mapv(|v| v as f32), t.mapv(|v| v as f32));
            let (m1, m2) =
                (mask((32, 160), rates[0], &mut rng), mask((32, 40), rates[1], &mut rng));
            let (z, cache) = w.forward(&x, Some([&m1, &m2]));
            let d = w.backward(&x, &cache, [&m1, &m2], &((softmax(&z) - &t) / 32.0));
            adam.step(&mut w, &d, i, 1e-3);
        }
        assert!(w.w2.iter().any(|v| v.abs() > 0.01), "it has learnt something");
        assert_eq!(distinct_units(&w.w2), units);
        assert_eq!(largest_difference(&w.w2) == 0.0, units == 1);
        assert_eq!(rank(&w.w2) == 1, units == 1);
    }
}

// ---- Hidden units and batches ----

#[test]
fn three_units_of_which_one_is_twice_another_have_rank_two() {
    let w = array![[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [0.0, 0.0, 5.0]];
    assert_eq!((rank(&w), largest_difference(&w), distinct_units(&w)), (2, 5.0, 3));
}

#[test]
fn units_that_are_all_the_same_have_rank_one_and_no_difference() {
    let w = array![[0.1f32, 0.1, 0.1], [7.0, 7.0, 7.0]];
    assert_eq!((rank(&w), largest_difference(&w), distinct_units(&w)), (1, 0.0, 1));
    assert_eq!(rank(&Array2::<f32>::zeros((3, 3))), 0);
}

#[test]
fn every_epoch_shows_every_image_once_in_another_order() {
    let mut sampler = Sampler::at(10, 4, 7, Position::default());
    let epochs: Vec<Vec<usize>> =
        (0..2).map(|_| (0..3).flat_map(|_| sampler.next_batch()).collect()).collect();
    assert_ne!(epochs[0], epochs[1]);
    for mut epoch in epochs {
        epoch.sort_unstable();
        assert_eq!(epoch, (0..10).collect::<Vec<_>>());
    }
}

#[test]
fn a_sampler_continues_from_any_position() {
    let mut whole = Sampler::at(10, 4, 7, Position::default());
    for _ in 0..8 {
        let mut rest = Sampler::at(10, 4, 7, whole.position);
        assert_eq!(rest.next_batch(), whole.clone().next_batch());
        whole.next_batch();
    }
    let first = |seed| Sampler::at(10, 10, seed, Position::default()).next_batch();
    assert_ne!(first(8), first(7));
}

// ---- Checkpoints ----

fn settings() -> Settings {
    Settings {
        seed: 3,
        start: Start::Random,
        keep: [0.2, 0.5],
        batch_size: 7,
        learning_rate: 0.1 + 0.2, // not a short decimal
        every: 10,
        steps: 100,
    }
}

/// Thirty images of nothing.
fn data(name: &'static str) -> Dataset<Float> {
    let split = || Split {
        x: Array2::zeros((30, 784)),
        t: Array2::zeros((30, 10)),
        labels: Array1::zeros(30),
    };
    let (train, test) = (split(), split());
    Dataset { name, origin: Origin::BuiltIn, train, test, classes: [""; 10] }
}

/// A training in the middle of an epoch, some masks further, with every moment and
/// every sum something else than zero.
fn training(step: usize) -> Training {
    let mut run = Training::new(settings(), DataInfo::of(&data("made up")));
    let as_float = |v: f64| v as Float;
    for i in 1..=step {
        let rows = run.sampler.next_batch().len();
        let (x, t) = images(rows, i);
        let (x, t) = (x.mapv(as_float), t.mapv(as_float));
        let m1 = mask((rows, 160), as_float(0.8), &mut run.rng);
        let m2 = mask((rows, 40), as_float(0.5), &mut run.rng);
        let (z, cache) = run.network.forward(&x, Some([&m1, &m2]));
        let d = run.network.backward(&x, &cache, [&m1, &m2], &(softmax(&z) - &t));
        run.optimiser.step(&mut run.network, &d, i, as_float(1e-3));
        run.log.step(1.0 / 3.0 * i as f64, 100.0 / 7.0);
        run.step = i;
    }
    if step >= 3 {
        run.log.report(step, 100.0 / 3.0);
        run.log.step(0.1, 0.7);
    }
    run
}

fn same(a: &Training, b: &Training) -> bool {
    let next = |run: &Training| {
        let (mut rng, mut sampler) = (run.rng.clone(), run.sampler.clone());
        let m: Array2<Float> = mask((3, 50), 0.5, &mut rng);
        (m, (0..9).map(|_| sampler.next_batch()).collect::<Vec<_>>())
    };
    (&a.settings, &a.data, a.step, &a.log) == (&b.settings, &b.data, b.step, &b.log)
        && a.network == b.network
        && a.optimiser == b.optimiser
        && next(a) == next(b)
}

#[test]
fn what_is_saved_is_what_is_loaded_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    for step in [0, 1, 13] {
        let (run, at) = (training(step), folder.path().join("deep").join(format!("any-{step}")));
        save(&run, &at).unwrap();
        let back = load(&at).unwrap();
        assert!(same(&run, &back), "step {step}");
        let (npz, json) = paths(&at);
        for name in [at.clone(), npz, json] {
            assert!(same(&run, &store::load(&name).unwrap()));
        }
    }
    assert!(!same(&training(12), &training(13)));
}

#[test]
fn the_manifest_can_be_read_by_a_person_and_the_arrays_by_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("a");
    save(&training(13), &at).unwrap();
    let text = fs::read_to_string(paths(&at).1).unwrap();
    for said in [
        "\"version\": 1,",
        "\"step\": 13,",
        "\"seed\": 3,",
        "\"name\": \"Adam\",",
        "\"generator\": \"ChaCha8\",",
        "\"epoch\": 2,",
        "\"batch\": 3",
        "\"sha256_of_the_lines_above\": \"",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["settings"]["learning_rate"].as_f64(), Some(0.1 + 0.2));
    let arrays = common::params::Params::<Float>::load(&paths(&at).0).unwrap();
    assert_eq!(arrays.names().count(), 18);
    assert!(arrays.get("w2.s", (160, 40)).is_ok());
}

/// The sentence for a checkpoint whose files were changed.
fn fault(change: impl Fn(&mut Vec<u8>, &mut Vec<u8>)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("a");
    save(&training(5), &at).unwrap();
    let (npz, json) = paths(&at);
    let (mut arrays, mut manifest) = (fs::read(&npz).unwrap(), fs::read(&json).unwrap());
    change(&mut arrays, &mut manifest);
    fs::write(&npz, &arrays).unwrap();
    fs::write(&json, &manifest).unwrap();
    let sentence = load(&at).unwrap_err().to_string();
    // Nothing is changed by looking at it.
    assert_eq!((fs::read(&npz).unwrap(), fs::read(&json).unwrap()), (arrays, manifest));
    assert!(sentence.contains("a.npz") || sentence.contains("a.json"), "{sentence}");
    sentence
}

fn replace(manifest: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(manifest.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    *manifest = text.replace(from, to).into_bytes();
}

#[test]
fn damaged_foreign_and_newer_checkpoints_are_told_apart() {
    type Change = fn(&mut Vec<u8>, &mut Vec<u8>);
    let cases: [(Change, &str); 12] = [
        (|npz, _| npz.truncate(npz.len() / 2), "bytes where its manifest says"),
        (|npz, _| npz.clear(), "has 0 bytes"),
        (|npz, _| npz[40_000] ^= 1, "a.npz: is damaged: its checksum"),
        (|npz, _| npz.push(0), "bytes where its manifest says"),
        (|_, json| json.truncate(json.len() / 2), "a.json: is cut short"),
        (|_, json| json.truncate(json.len() - 20), "last line is not the checksum"),
        (|_, json| json.clear(), "a.json: is no checkpoint of this program"),
        (|_, json| *json = b"{\"format\": \"mine\"}".to_vec(), "is no checkpoint of this program"),
        (|_, json| *json = vec![0xff, 0xfe, 0], "is no checkpoint of this program"),
        (|_, json| replace(json, "\"step\": 5", "\"step\": 6"), "was changed by hand"),
        (|_, json| replace(json, "\"version\": 1", "\"version\": 2"), "is of version 2"),
        (
            |_, json| replace(json, "\"version\": 1", "\"version\": \"x\""),
            "is of version , and this program knows version 1",
        ),
    ];
    for (change, said) in cases {
        let sentence = fault(change);
        assert!(sentence.contains(said), "{said}: {sentence}");
    }
}

/// The sentence for a manifest with another value, and the checksum that belongs to it.
fn sealed(from: &str, to: &str) -> String {
    fault(|_, json| {
        replace(json, from, to);
        let text = String::from_utf8(json.clone()).unwrap();
        let (above, last) = text.rsplit_once(",\n").unwrap();
        let (name, _) = last.split_once(": ").unwrap();
        let sum = sha256(above.as_bytes());
        *json = format!("{above},\n{name}: \"{sum}\"\n}}\n").into_bytes();
    })
}

#[test]
fn a_manifest_that_is_whole_but_of_another_network_or_precision_is_refused() {
    assert!(sealed("conv 10 of 4x4", "conv 99 of 4x4").contains("which is another network"));
    let numbers =
        if size_of::<Float>() == 4 { ("\"f32\"", "\"f64\"") } else { ("\"f64\"", "\"f32\"") };
    let sentence = sealed(numbers.0, numbers.1);
    assert!(sentence.contains("common/f64"), "{sentence}");
    assert!(sealed("\"every\": 10", "\"seldom\": 10").contains("cannot be understood"));
}

#[test]
fn a_value_that_no_training_has_is_refused_by_name() {
    // Field, what stands there, and what does not belong there.
    let fields: [(&str, &str, &[&str]); 16] = [
        ("settings/batch_size", "\"batch_size\": 7", &["0", "31", "1000000000"]),
        ("data/images", "\"images\": 30", &["0", "1000000000", "1099511627776"]),
        ("data/images", "\"images\": 30", &["9223372036854775808"]),
        ("settings/keep", "0.2,", &["-1.0,", "0.0,", "2.0,", "1e-300,", "1e-9,"]),
        ("settings/keep", "0.5\n", &["0\n", "1.1\n"]),
        ("settings/learning_rate", "0.30000000000000004", &["-1.0", "0.0", "1e300", "1e-300"]),
        ("settings/every", "\"every\": 10", &["0", "99999999"]),
        ("settings/steps", "\"steps\": 100", &["0", "99999999"]),
        ("step", "\"step\": 5", &["101"]),
        ("optimiser", "\"Adam\"", &["\"SGD\""]),
        ("optimiser", "\"beta1\": 0.9", &["2.0", "0.8"]),
        ("optimiser", "\"steps\": 5", &["4"]),
        ("random/generator", "\"ChaCha8\"", &["\"ChaCha20\""]),
        ("random/stream", "\"stream\": 0", &["1"]),
        ("order", "\"batch\": 5", &["6", "4", "18446744073709551615"]),
        ("order", "\"epoch\": 0", &["1", "18446744073709551615"]),
    ];
    for (name, stands, values) in fields {
        let key = stands.split_once(": ").map_or("", |(key, _)| key);
        for value in values {
            let other =
                if key.is_empty() { (*value).to_owned() } else { format!("{key}: {value}") };
            let sentence = sealed(stands, &other);
            let said = format!("as `{name}`, as no training has");
            assert!(sentence.contains(&said), "{stands} as {value}: {sentence}");
        }
    }
    // The sums of the log: more steps than were done, and a share above 100 %.
    for (stands, other) in
        [("\"steps\": 1,", "\"steps\": 18446744073709551615,"), ("33.33", "133.33")]
    {
        let sentence = sealed(stands, other);
        assert!(sentence.contains("as `log`, as no training has"), "{other}: {sentence}");
    }
}

#[test]
fn any_flipped_bit_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("a");
    save(&training(5), &at).unwrap();
    let (npz, json) = paths(&at);
    for path in [npz, json] {
        let whole = fs::read(&path).unwrap();
        let apart = whole.len() / 150;
        for k in 0..150 {
            let mut bytes = whole.clone();
            bytes[k * apart] ^= 1 << (k % 8);
            fs::write(&path, &bytes).unwrap();
            assert!(
                load(&at).is_err(),
                "bit {} of byte {} of {}",
                k % 8,
                k * apart,
                path.display()
            );
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(load(&at).is_ok());
}

#[test]
fn missing_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("a");
    save(&training(2), &at).unwrap();
    let (npz, json) = paths(&at);
    fs::remove_file(&npz).unwrap();
    let sentence = load(&at).unwrap_err().to_string();
    assert!(sentence.contains("a.npz: there is no such file"), "{sentence}");
    fs::write(&npz, "arrays").unwrap();
    fs::remove_file(&json).unwrap();
    let sentence = store::load(&npz).unwrap_err().to_string();
    assert!(sentence.contains("a.json: there is no such file"), "{sentence}");
    let sentence = store::load(folder.path()).unwrap_err().to_string();
    assert!(sentence.contains("holds no checkpoint"), "{sentence}");
}

#[test]
fn a_network_that_is_no_number_any_more_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = training(2);
    run.network.b3[[0, 3]] = Float::NAN;
    let sentence = save(&run, &folder.path().join("a")).unwrap_err().to_string();
    assert!(sentence.contains("no longer a number"), "{sentence}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

// ---- The folder ----

fn files(folder: &Path) -> Vec<String> {
    let names =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".lock").collect();
    names.sort();
    names
}

#[test]
fn the_last_few_are_kept_and_it_says_which_went() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), 3).unwrap();
    let news: Vec<String> = (1..=5).map(|step| store.save(&training(step)).unwrap()).collect();
    assert_eq!(news[2], "kept");
    assert_eq!(news[3..], ["kept, and step 1 removed", "kept, and step 2 removed"]);
    assert_eq!(steps(place.path()).unwrap(), [3, 4, 5]);
    assert_eq!(files(place.path()).len(), 6, "two files each and nothing else");
    assert!(same(&latest(place.path()).unwrap(), &training(5)));
}

#[test]
fn whatever_a_crash_leaves_the_newest_whole_checkpoint_is_found() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), 3).unwrap();
    for step in 1..=3 {
        store.save(&training(step)).unwrap();
    }
    drop(store);
    // It died between the arrays and the manifest of step 4, while another file was
    // under way, and once between the two removals of a step 0.
    save(&training(4), &place.path().join("elsewhere")).unwrap();
    fs::rename(place.path().join("elsewhere.npz"), place.path().join("step-0000004.npz")).unwrap();
    fs::remove_file(place.path().join("elsewhere.json")).unwrap();
    fs::write(place.path().join(".unfinished-x"), "half").unwrap();
    fs::write(place.path().join("step-0000000.npz"), "old").unwrap();
    assert_eq!(latest(place.path()).unwrap().step, 3);
    // The next owner clears away, and goes on over what was left.
    let store = Store::open(place.path(), 3).unwrap();
    assert!(!place.path().join(".unfinished-x").exists());
    store.save(&training(4)).unwrap();
    assert_eq!(latest(place.path()).unwrap().step, 4);
    assert_eq!(files(place.path()).len(), 6, "{:?}", files(place.path()));
}

#[test]
fn what_a_kill_left_too_many_goes_when_the_training_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), 9).unwrap();
    for step in 1..=4 {
        store.save(&training(step)).unwrap();
    }
    drop(store);
    fs::remove_file(paths(&stem(place.path(), 1)).1).unwrap(); // killed between two removals
    fs::write(paths(&stem(place.path(), 77)).0, "arrays").unwrap(); // and in the middle of a save
    let store = Store::open(place.path(), 2).unwrap();
    // A look alone, or a refusal, removes nothing.
    assert!(store.prepare(false).is_err() && store.resume(&data("other"), None).is_err());
    assert_eq!(files(place.path()).len(), 8);
    store.resume(&data("made up"), None).unwrap();
    let left = ["step-0000003.json", "step-0000003.npz", "step-0000004.json", "step-0000004.npz"];
    assert_eq!(files(place.path()), left);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_lock_leaves_its_target_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let (letter, models) = (place.path().join("letter.txt"), place.path().join("models"));
    fs::write(&letter, "dear reader").unwrap();
    fs::create_dir(&models).unwrap();
    std::os::unix::fs::symlink(&letter, models.join(".lock")).unwrap();
    let sentence = Store::open(&models, 5).err().unwrap().to_string();
    assert!(sentence.contains(".lock: is a link or a folder"), "{sentence}");
    assert_eq!(fs::read_to_string(letter).unwrap(), "dear reader");
}

#[test]
fn a_damaged_newest_is_an_error_that_names_the_newest_whole_one() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), 5).unwrap();
    for step in 1..=3 {
        store.save(&training(step)).unwrap();
    }
    for step in [3, 2] {
        let npz = paths(&stem(place.path(), step)).0;
        let bytes = fs::read(&npz).unwrap();
        fs::write(&npz, &bytes[..999]).unwrap();
    }
    let before = files(place.path());
    let sentence = latest(place.path()).unwrap_err().to_string();
    assert!(sentence.contains("step-0000003.npz: has 999 bytes"), "{sentence}");
    assert!(
        sentence.contains("newest whole one is") && sentence.contains("step-0000001"),
        "{sentence}"
    );
    assert_eq!(files(place.path()), before);
}

#[test]
fn two_cannot_train_into_one_folder_and_a_training_is_not_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), 5).unwrap();
    let sentence = Store::open(place.path(), 5).err().unwrap().to_string();
    let owner = format!("process {} is training into this folder", std::process::id());
    assert!(sentence.contains(&owner), "{sentence}");
    store.prepare(false).unwrap();
    store.save(&training(2)).unwrap();
    let sentence = store.prepare(false).unwrap_err().to_string();
    assert!(
        sentence.contains("holds a training of 2 steps") && sentence.contains("--fresh"),
        "{sentence}"
    );
    assert_eq!(steps(place.path()).unwrap(), [2]);
    let sentence = store.resume(&data("other"), None).unwrap_err().to_string();
    assert!(sentence.contains("was trained on made up"), "{sentence}");
    assert_eq!(store.resume(&data("made up"), Some(7)).unwrap().settings.steps, 7);
    store.prepare(true).unwrap();
    assert_eq!(files(place.path()).len(), 0);
    drop(store);
    assert!(Store::open(place.path(), 5).is_ok(), "who lets go of it lets others in");
}

// ---- A person's own pictures ----

/// A 7 with a round pen, `(H, W)`, ink from 0 to 1.
fn seven(h: usize, w: usize, (top, left): (f64, f64), size: f64, pen: f64) -> Array2<f64> {
    let corners = [(0.0, 0.0), (0.0, 0.7), (1.0, 0.25)];
    Array2::from_shape_fn((h, w), |(i, j)| {
        let (y, x) = ((i as f64 - top) / size, (j as f64 - left) / size);
        let apart = corners.windows(2).map(|ends| {
            let ((y1, x1), (y2, x2)) = (ends[0], ends[1]);
            let along = ((y - y1) * (y2 - y1) + (x - x1) * (x2 - x1))
                / ((y2 - y1).powi(2) + (x2 - x1).powi(2));
            let along = along.clamp(0.0, 1.0);
            (y - y1 - along * (y2 - y1)).hypot(x - x1 - along * (x2 - x1))
        });
        let edge = apart.fold(f64::MAX, f64::min) - pen;
        (0.5 - edge * size).clamp(0.0, 1.0) // a soft edge, a pixel wide
    })
}

/// Ink of one colour on paper of another, all opaque: `(H, W, 4)`.
fn painted(ink: &Array2<f64>, colour: [f64; 3], paper: [f64; 3]) -> Array3<f64> {
    Array3::from_shape_fn((ink.nrows(), ink.ncols(), 4), |(i, j, c)| match c {
        3 => 1.0,
        c => paper[c] + ink[[i, j]] * (colour[c] - paper[c]),
    })
}

fn looks(picture: &Array3<f64>) -> Array2<f64> {
    to_mnist(&ink(picture).unwrap())
}

#[test]
fn a_picture_is_fitted_and_centred_as_mnists_are_whatever_its_size_place_and_colours() {
    let (black, white) = ([0.0; 3], [1.0; 3]);
    let first = looks(&painted(&seven(300, 200, (60.0, 40.0), 180.0, 0.06), black, white));
    let rows = first.rows().into_iter().filter(|row| row.iter().any(|&v| v > 0.0)).count();
    assert_eq!(rows, 20, "the longer side");
    let mass = first.sum();
    let centre = first
        .indexed_iter()
        .fold((0.0, 0.0), |c, ((i, j), v)| (c.0 + i as f64 * v / mass, c.1 + j as f64 * v / mass));
    assert!((centre.0 - 14.0).abs() <= 0.5 && (centre.1 - 14.0).abs() <= 0.5, "{centre:?}");
    assert_eq!(first.fold(0.0, |m: f64, &v| m.max(v)), 1.0);

    let small = seven(80, 128, (8.0, 60.0), 62.0, 0.06);
    let large = seven(700, 900, (300.0, 20.0), 350.0, 0.06);
    let others = [
        painted(&small, black, white),
        painted(&large, white, black),
        painted(&large, [1.0, 0.2, 0.1], [0.1, 0.3, 0.9]), // red on blue
        painted(&small, [0.3; 3], [0.6; 3]),               // grey on grey
        painted(&large, [0.0, 0.0, 1.0], black),           // blue on black
    ];
    for (k, other) in others.iter().enumerate() {
        let difference = (&looks(other) - &first).mapv(f64::abs).mean().unwrap();
        assert!(difference < 0.03, "{k}: {difference}");
    }
}

#[test]
fn on_glass_only_what_can_be_seen_is_ink() {
    let pen = seven(300, 200, (60.0, 40.0), 180.0, 0.06);
    let first = looks(&painted(&pen, [0.0; 3], [1.0; 3]));
    // Ink of one colour, nothing else: black, white; what is under it does not count.
    for (colour, under) in [(0.0, 0.0), (1.0, 1.0), (0.2, 1.0)] {
        let glass = Array3::from_shape_fn((300, 200, 4), |(i, j, c)| match c {
            3 => pen[[i, j]],
            _ if pen[[i, j]] > 0.0 => colour,
            _ => under,
        });
        let difference = (&looks(&glass) - &first).mapv(f64::abs).mean().unwrap();
        assert!(difference < 0.02, "{colour} {under}: {difference}");
    }
    // A sheet of paper with a digit on it, and glass around the sheet.
    let mut sheet = painted(&pen, [0.0; 3], [1.0; 3]);
    for ((i, j, c), v) in sheet.indexed_iter_mut() {
        if !(20..280).contains(&i) || !(10..190).contains(&j) {
            *v = if c == 3 { 0.0 } else { 0.5 };
        }
    }
    let difference = (&looks(&sheet) - &first).mapv(f64::abs).mean().unwrap();
    assert!(difference < 0.02, "{difference}");
}

#[test]
fn nothing_drawn_is_no_digit() {
    for v in [0.0, 0.4, 1.0] {
        for opacity in [0.0, 1.0] {
            let mut empty = Array3::from_elem((50, 60, 4), v);
            empty.slice_mut(ndarray::s![.., .., 3]).fill(opacity);
            assert!(ink(&empty).is_none(), "{v} {opacity}");
        }
    }
    // The grain of paper is not ink either.
    let grain = numbers((50, 60, 4), 1, 0.05).mapv(|v| 0.9 + v);
    assert!(ink(&grain).is_none());
    // A dot is: it fills its box.
    let mut dot = Array3::ones((9, 9, 4));
    dot.slice_mut(ndarray::s![4, 4, 0..3]).fill(0.0);
    assert!((looks(&dot).sum() - 400.0).abs() < 1e-9);
}

#[test]
fn a_digit_that_is_already_laid_out_stays_as_it_is() {
    let drawn = datasets::digits::draw(5, 1, 50);
    for image in drawn.images.outer_iter() {
        let x = image.mapv(|v| f64::from(v) / 255.0);
        let large = Array2::from_shape_fn((280, 280), |(i, j)| x[[i / 10, j / 10]]);
        let back = looks(&painted(&large, [0.0; 3], [1.0; 3]));
        // Give or take faint edges, which are cut off, and with them a row or so.
        let difference = (&back - &x).mapv(f64::abs).mean().unwrap();
        assert!(difference < 0.08, "{difference}");
    }
}
