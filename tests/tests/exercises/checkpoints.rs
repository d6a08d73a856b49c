//! The solutions of the exercises of chapter 13, compiled and run. The page shows
//! them under a marker, folded away.

use std::fs;
use std::path::Path;

use checkpoints::checkpoint::{load, save};
use checkpoints::network::{Network, Optimiser, Start};
use checkpoints::sampler::{Position, Sampler};
use checkpoints::symmetry::distinct_units;
use checkpoints::training::{DataInfo, Settings, Training};
use common::{Float, seeded, softmax};
use dropout_adam::dropout::mask;
use ndarray::Array2;
use referee::numbers;

#[test]
fn two_thirds_of_a_checkpoint_are_adams() {
    let w: Network<f32> = Network::new(Start::Zero, &mut seeded(1));
    let lengths = [w.w1.len(), w.b1.len(), w.w2.len(), w.b2.len(), w.w3.len(), w.b3.len()];
    assert_eq!(lengths, [160, 10, 6_400, 40, 400, 10]);
    let parameters: usize = lengths.iter().sum();
    assert_eq!(parameters, 7_020);
    // Each with Adam's two means, in f32.
    assert_eq!(3 * parameters * 4, 84_240); // bytes; the file's 88 kB have names and shapes, too
}

/// Images and targets that are numbers and nothing else.
fn examples(n: usize, step: usize) -> (Array2<Float>, Array2<Float>) {
    let x = numbers((n, 784), step as u64, 1.0).mapv(|v| v.max(0.0) as Float);
    (x, Array2::from_shape_fn((n, 10), |(n, k)| if (3 * n + step) % 10 == k { 1.0 } else { 0.0 }))
}

/// `steps` more steps of a training.
fn go_on(run: &mut Training, steps: usize) {
    for i in run.step + 1..=run.step + steps {
        let rows = run.sampler.next_batch();
        let (x, t) = examples(rows.len(), rows[0]);
        let m1 = mask((rows.len(), 160), 0.8, &mut run.rng);
        let m2 = mask((rows.len(), 40), 0.5, &mut run.rng);
        let (z, cache) = run.network.forward(&x, Some([&m1, &m2]));
        let dz = (softmax(&z) - &t) / rows.len() as Float;
        let d = run.network.backward(&x, &cache, [&m1, &m2], &dz);
        run.optimiser.step(&mut run.network, &d, i, 0.001);
        run.step = i;
    }
}

/// A training of 20 steps.
fn begun() -> Training {
    let settings = Settings {
        seed: 1,
        start: Start::Random,
        keep: [0.2, 0.5],
        batch_size: 8,
        learning_rate: 0.001,
        every: 10,
        steps: 40,
    };
    let data = DataInfo { name: "numbers".to_owned(), images: 100, sha256: String::new() };
    let mut run = Training::new(settings, data);
    go_on(&mut run, 20);
    run
}

#[test]
fn whatever_is_forgotten_makes_another_training_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut whole = begun();
    save(&whole, &folder.path().join("a")).unwrap();
    go_on(&mut whole, 5);
    let after = |forget: fn(&mut Training)| {
        let mut run = load(&folder.path().join("a")).unwrap();
        forget(&mut run);
        go_on(&mut run, 5);
        (&run.network.w2 - &whole.network.w2).fold(0.0, |most: Float, v| most.max(v.abs()))
    };
    assert_eq!(after(|_| {}), 0.0, "nothing forgotten: the same bits");
    let moments = after(|run| run.optimiser = Optimiser::new(&run.network));
    let step = after(|run| run.step = 0); // Adam believes that its means are young
    let random = after(|run| run.rng = seeded(run.settings.seed));
    let order =
        after(|run| run.sampler = Sampler::at(100, 8, run.settings.seed, Position::default()));
    for (what, apart) in
        [("moments", moments), ("step", step), ("random", random), ("order", order)]
    {
        // Adam moves a weight by up to 0.001 at a step.
        assert!(apart > 0.0005, "{what}: {apart}");
    }
}

#[test]
fn one_layer_of_zeros_breaks_no_tie_and_makes_none() {
    // [w2 at zero, w3 at zero], and how many different hidden units come of it.
    for (zeros, units) in [([true, true], 1), ([true, false], 40), ([false, true], 40)] {
        let mut w: Network<Float> = Network::new(Start::Random, &mut seeded(2));
        if zeros[0] {
            w.w2.fill(0.0);
        }
        if zeros[1] {
            w.w3.fill(0.0);
        }
        let mut adam = Optimiser::new(&w);
        let (m1, m2) = (Array2::ones((20, 160)), Array2::ones((20, 40))); // no dropout
        for i in 1..=5 {
            let (x, t) = examples(20, i);
            let (z, cache) = w.forward(&x, Some([&m1, &m2]));
            let d = w.backward(&x, &cache, [&m1, &m2], &((softmax(&z) - &t) / 20.0));
            adam.step(&mut w, &d, i, 0.001);
        }
        assert_eq!(distinct_units(&w.w2), units, "{zeros:?}");
    }
}

/// What is done to a folder: a file appears under its name (it was renamed: at once
/// or not at all), or is removed.
enum Act<'a> {
    Appears(&'a str),
    Goes(&'a str),
}

/// In how many places of `acts` a crash leaves the folder with a checkpoint that
/// looks like one and is not whole, or with none at all. It begins with checkpoint
/// `a`, and `made` holds the files of `b`.
fn places_to_die(made: &Path, acts: &[Act]) -> usize {
    let dies = |done: &usize| {
        let place = tempfile::tempdir().unwrap();
        let copy = |name: &str| fs::copy(made.join(name), place.path().join(name)).unwrap();
        for name in ["a.npz", "a.json"] {
            copy(name);
        }
        for act in &acts[..*done] {
            match act {
                Act::Appears(name) => drop(copy(name)),
                Act::Goes(name) => fs::remove_file(place.path().join(name)).unwrap(),
            }
        }
        let looks = |name: &&str| place.path().join(format!("{name}.json")).exists();
        let there: Vec<&str> = ["a", "b"].into_iter().filter(looks).collect();
        there.is_empty() || there.iter().any(|name| load(&place.path().join(name)).is_err())
    };
    (0..=acts.len()).filter(dies).count()
}

#[test]
fn of_the_orders_to_write_and_to_remove_few_survive_a_crash_at_every_place() {
    use Act::{Appears, Goes};
    let made = tempfile::tempdir().unwrap();
    let mut run = begun();
    save(&run, &made.path().join("a")).unwrap();
    go_on(&mut run, 1);
    save(&run, &made.path().join("b")).unwrap();
    let die = |acts: [Act; 4]| places_to_die(made.path(), &acts);
    let (npz, json) = ("b.npz", "b.json");
    // Arrays, manifest; then the old one, manifest first: ours.
    assert_eq!(die([Appears(npz), Appears(json), Goes("a.json"), Goes("a.npz")]), 0);
    // A manifest that is there before its arrays, or after them.
    assert_eq!(die([Appears(json), Appears(npz), Goes("a.json"), Goes("a.npz")]), 1);
    assert_eq!(die([Appears(npz), Appears(json), Goes("a.npz"), Goes("a.json")]), 1);
    // First make room, then write: for three moments there is nothing.
    assert_eq!(die([Goes("a.json"), Goes("a.npz"), Appears(npz), Appears(json)]), 3);
}
