//! Chapter 13, run as a reader runs it, and killed as nobody hopes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use checkpoints::checkpoint::{load, paths, save};
use checkpoints::network::{Network, Start};
use checkpoints::store::{latest, stem, steps};
use common::params::Params;
use common::{Float, accuracy, cross_entropy_from_logits, seeded, softmax};
use rand::Rng as _;
use referee::lesson::{fails, figure, run, write_digits};
use referee::{program, real_data, texts};

/// A folder of a few digits, to start within milliseconds.
fn few_digits(folder: &Path) -> PathBuf {
    many_digits(folder, 40)
}

/// With more than a thousand images, a batch of all has two parts, and a training adds up
/// two gradients.
fn many_digits(folder: &Path, images: usize) -> PathBuf {
    let place = folder.join("digits");
    write_digits(&place, images, 40);
    place
}

/// `checkpoints COMMAND` on these data into `out`.
fn lesson(command: &str, data: &Path, out: &Path, flags: &[&str]) -> Command {
    let mut lesson = program("checkpoints");
    lesson.arg(command).arg("--data").arg(data).arg("--out").arg(out).args(flags);
    lesson
}

/// Both files of a checkpoint.
fn bytes(models: &Path, step: usize) -> (Vec<u8>, String) {
    let (npz, json) = paths(&stem(models, step));
    (fs::read(npz).unwrap(), fs::read_to_string(json).unwrap())
}

const SMALL: [&str; 4] = ["--batch-size", "4", "--every", "1"];

#[cfg(unix)]
fn start(lesson: &mut Command) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = lesson.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

/// The step of a line such as "step  1,234: loss ...; kept".
fn step_of(line: &str) -> Option<usize> {
    let step = line.strip_prefix("step ")?.split_once(':')?.0;
    assert!(line.contains("; kept"), "{line}");
    step.trim().replace(',', "").parse().ok()
}

#[cfg(unix)]
#[test]
fn a_training_killed_sixty_times_never_loses_a_checkpoint_and_ends_with_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let (whole, killed) = (place.path().join("whole"), place.path().join("killed"));
    let models = killed.join("models");
    let mut rng = seeded(13);
    let (mut promised, mut deaths) = (0, 0);
    let mut endless = SMALL.to_vec();
    endless.extend(["--iterations", "1000000"]);
    while deaths < 60 {
        let mut sitting = match steps(&models).unwrap().is_empty() {
            true => lesson("train", &data, &killed, &endless),
            false => lesson("resume", &data, &killed, &[]),
        };
        let (mut child, mut lines) = start(&mut sitting);
        // Between any two instructions: some die while they start, most in the middle
        // of writing, for that is what they do most of the time.
        for _ in 0..rng.random_range(0..6) {
            promised = promised.max(lines.next().and_then(|line| step_of(&line)).unwrap_or(0));
        }
        std::thread::sleep(Duration::from_micros(rng.random_range(0..6_000)));
        child.kill().unwrap(); // SIGKILL
        let status = child.wait().unwrap();
        deaths += usize::from(status.code().is_none());
        // What it said before it died, it must have done.
        promised = lines.filter_map(|line| step_of(&line)).fold(promised, usize::max);
        let there = steps(&models).unwrap();
        for &step in &there {
            let run = load(&stem(&models, step)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(run.step, step);
        }
        let newest = there.last().copied().unwrap_or(0);
        assert!(newest >= promised, "step {promised} was kept, and {newest} is the newest");
        promised = newest;
    }
    assert!(promised > 60, "only {promised} steps were done");
    // To an end, and beside it a training that nobody killed.
    let end = (promised + 3).to_string();
    run(&mut lesson("resume", &data, &killed, &["--iterations", &end]));
    let mut flags = SMALL.to_vec();
    flags.extend(["--iterations", &end]);
    run(&mut lesson("train", &data, &whole, &flags));
    let end = promised + 3;
    assert_eq!(bytes(&models, end), bytes(&whole.join("models"), end));
    let curve = |out: &Path| fs::read_to_string(out.join("curve.csv")).unwrap();
    assert_eq!(curve(&killed), curve(&whole));
    let left = fs::read_dir(&models).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.count(), 11, "five checkpoints of two files, and the lock");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_step_it_stopped_at_and_resume_has_the_same_bits_on_other_threads() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let (whole, pieces) = (place.path().join("whole"), place.path().join("pieces"));
    let flags = ["--batch-size", "all", "--every", "700", "--threads", "2", "--iterations", "1500"];
    run(&mut lesson("train", &data, &whole, &flags));
    let mut first = lesson("train", &data, &pieces, &flags);
    let child = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(150));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        // Otherwise it was faster than we were, or had not begun to listen.
        let (_, err) = texts(&output);
        assert!(!err.contains("panicked"), "{err}");
        if output.status.code().is_some() {
            assert!(err.contains("stopped after step") && err.contains("resume"), "{err}");
            let run = latest(&pieces.join("models")).unwrap();
            assert!(run.step > 0 && run.step < 1500);
        }
    }
    if steps(&pieces.join("models")).unwrap().is_empty() {
        let short: Vec<&str> = flags[..6].iter().copied().chain(["--iterations", "333"]).collect();
        run(&mut lesson("train", &data, &pieces, &short));
    }
    run(&mut lesson("resume", &data, &pieces, &["--threads", "1", "--iterations", "1500"]));
    assert_eq!(bytes(&whole.join("models"), 1500), bytes(&pieces.join("models"), 1500));
}

#[test]
fn the_lesson_leaves_everything_it_names_and_another_process_tests_it_to_the_last_digit() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let out = place.path().join("out");
    let flags =
        ["--iterations", "30", "--every", "20", "--table", "--improved", "--batch-size", "8"];
    let (summary, said, _) = run(&mut lesson("train", &data, &out, &flags));
    let pictures = ["loss.svg", "accuracy.png", "wrong.png", "confusion.svg", "filters.png"];
    let more = ["improved.svg", "improved.csv", "table.csv", "curve.csv", "params.npz"];
    for file in pictures.iter().chain(&more) {
        assert!(fs::metadata(out.join(file)).is_ok_and(|f| f.len() > 100), "{file} is missing");
    }
    assert_eq!(steps(&out.join("models")).unwrap(), [20, 30], "every 20 and at the end");
    // The comparison's own loop makes the network that the lesson's makes.
    let of_table = figure(&summary, "zero start, keeps 0.2, 0.5");
    assert_eq!(figure(&summary, "test accuracy"), of_table);
    let sentence = said.lines().find(|line| line.contains("cross-entropy")).unwrap();
    for checkpoint in [out.join("models/step-0000030.json"), out.join("models"), out.clone()] {
        let mut test = program("checkpoints");
        let test = test.arg("test").arg(&checkpoint).arg("--data").arg(&data);
        let (again, tested, _) = run(test);
        assert!(tested.lines().any(|line| line == sentence), "{sentence}\n{tested}");
        assert_eq!(figure(&again, "test accuracy"), figure(&summary, "test accuracy"));
    }
    // So do the parameters alone, with the functions of the library.
    let test = datasets::mnist::<Float>(Some(&data)).unwrap().test;
    let params = Params::<Float>::load(&out.join("params.npz")).unwrap();
    let mut network = Network::<Float>::new(Start::Zero, &mut seeded(0));
    for (name, mut w) in network.parameters_mut() {
        let shape = w.raw_dim();
        w.assign(&params.get(name, shape).unwrap());
    }
    let z = network.logits(&test.x);
    assert!((accuracy(&z, &test.t) - figure(&summary, "test accuracy")).abs() < 0.005);
    let e = cross_entropy_from_logits(&z, &test.t);
    assert!(sentence.ends_with(&format!("cross-entropy {e}")), "{sentence}: {e}");
    // And the last network of the article's list.
    let mut improved = program("checkpoints");
    improved.arg("test").arg(out.join("improved.npz")).arg("--data").arg(&data);
    let (improved, _, _) = run(&mut improved);
    assert_eq!(figure(&improved, "test accuracy"), figure(&summary, "improved accuracy"));
    // The same command does not overwrite it, and --fresh does.
    let err = fails(&lesson("train", &data, &out, &flags[..4]).output().unwrap(), 1);
    assert!(err.contains("holds a training of 30 steps") && err.contains("--fresh"), "{err}");
    run(lesson("train", &data, &out, &flags[..4]).args(["--fresh", "--last", "1"]));
    assert_eq!(steps(&out.join("models")).unwrap(), [30]);
}

#[test]
fn batch_mini_batch_and_online_learning_are_compared() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let out = place.path().join("out");
    run(&mut lesson("train", &data, &out, &["--iterations", "2", "--quick", "--batches"]));
    let table = fs::read_to_string(out.join("batches.csv")).unwrap();
    assert!(table.lines().count() > 8, "{table}");
    assert!(out.join("batches.svg").exists());
}

#[cfg(unix)]
#[test]
fn two_processes_do_not_train_into_one_folder() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let out = place.path().join("out");
    let mut endless = SMALL.to_vec();
    endless.extend(["--iterations", "1000000"]);
    let (mut child, mut lines) = start(&mut lesson("train", &data, &out, &endless));
    lines.find(|line| step_of(line).is_some());
    for command in ["train", "resume"] {
        let err = fails(&lesson(command, &data, &out, &[]).output().unwrap(), 1);
        let owner = format!("process {} is training into this folder", child.id());
        assert!(err.contains(&owner) && err.contains("choose another --out"), "{err}");
    }
    // Reading is allowed.
    run(&mut lesson("test", &data, &out, &[]));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn when_a_file_may_not_grow_the_older_checkpoints_stay() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let out = place.path().join("out");
    let mut flags = SMALL.to_vec();
    flags.extend(["--iterations", "3"]);
    run(&mut lesson("train", &data, &out, &flags));
    let going_on = lesson("resume", &data, &out, &["--iterations", "9"]);
    // 20 or 40 kB, as the shell counts; the arrays of a checkpoint are 88.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 40; exec \"$@\"", "sh"]);
    limited.arg(going_on.get_program()).args(going_on.get_args());
    let err = fails(&limited.output().unwrap(), 1);
    assert!(err.contains("step-0000004.npz") && err.contains("choose another folder"), "{err}");
    let models = out.join("models");
    assert_eq!(steps(&models).unwrap(), [1, 2, 3]);
    assert!((1..=3).all(|step| load(&stem(&models, step)).is_ok()));
    assert_eq!(fs::read_dir(&models).unwrap().count(), 7, "nothing half written is left");
    run(&mut lesson("resume", &data, &out, &["--iterations", "9"]));
    assert_eq!(steps(&models).unwrap(), [5, 6, 7, 8, 9]);
}

#[cfg(target_os = "linux")]
#[test]
fn when_the_disk_is_full_the_older_checkpoints_stay() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let disk = place.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let out = disk.join("out");
    let mut flags = SMALL.to_vec();
    flags.extend(["--iterations", "9"]);
    let (training, test) = (lesson("train", &data, &out, &flags), lesson("test", &data, &out, &[]));
    let words = |lesson: &Command| {
        let words = std::iter::once(lesson.get_program()).chain(lesson.get_args());
        words.map(|word| format!("'{}'", word.to_str().unwrap())).collect::<Vec<_>>().join(" ")
    };
    // A disk of 240 kB, that is of two checkpoints and a bit, which only this shell
    // and its children see.
    let script = format!(
        "mount -t tmpfs -o size=240k none '{}' || exit 77; {}; echo \"ended with $?\"; {}",
        disk.display(),
        words(&training),
        words(&test)
    );
    let shell = Command::new("unshare").args(["-rm", "sh", "-c", &script]).output();
    let allowed = shell.as_ref().is_ok_and(|o| texts(o).0.contains("ended with"));
    if !allowed {
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED when_the_disk_is_full_the_older_checkpoints_stay: no disk may be mounted here"
        );
        return;
    }
    let (out, err) = texts(&shell.unwrap());
    assert!(out.contains("ended with 1"), "{out}\n{err}");
    assert!(err.contains("the disk is full; free some space and run again"), "{err}");
    assert!(out.contains("step 2 of 9") && out.contains("test accuracy"), "{out}\n{err}");
}

#[test]
fn mnist_shows_what_a_start_from_zero_does_and_what_dropout_does_to_it() {
    let Some(data) =
        real_data("mnist_shows_what_a_start_from_zero_does_and_what_dropout_does_to_it")
    else {
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let flags = ["--iterations", "1000", "--table"];
    let (summary, _, _) = run(&mut lesson("train", &data, place.path(), &flags));
    let reached =
        |start: &str, dropout: &str| figure(&summary, &format!("{start} start, {dropout}"));
    assert!(reached("zero", "no dropout") < 40.0, "{summary}");
    assert!((60.0..80.0).contains(&reached("zero", "keeps 0.2, 0.5")), "{summary}");
    assert!(reached("random", "no dropout") > 89.0, "{summary}");
    assert!(
        reached("random", "keeps 0.2, 0.5") < reached("random", "no dropout") - 8.0,
        "{summary}"
    );
    let table = fs::read_to_string(place.path().join("table.csv")).unwrap();
    let first: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(first[4..], ["0", "1", "1"], "no spread, one unit, rank 1");
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 12] = [
        (&["--batch-size", "0"], "--batch-size"),
        (&["--batch-size", "some"], "`all`"),
        (&["--keep", "0", "0.5"], "from 0.000001 to 1"),
        (&["--keep", "1e-9", "1"], "from 0.000001 to 1"),
        (&["--keep", "1", "1.5"], "from 0.000001 to 1"),
        (&["--keep", "NaN", "1"], "from 0.000001 to 1"),
        (&["--keep", "0.5"], "--keep"),
        (&["--every", "0"], "--every"),
        (&["--last", "0"], "--last"),
        (&["--start", "ones"], "--start"),
        (&["resume", "--seed", "3"], "--seed"),
        (&["predict", "here"], "IMAGE"),
    ];
    for (flags, said) in cases {
        let err = fails(&program("checkpoints").args(flags).output().unwrap(), 2);
        assert!(err.contains(said), "{flags:?}: {err}");
    }
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let err = fails(&lesson("resume", &data, place.path(), &[]).output().unwrap(), 1);
    assert!(err.contains("holds no checkpoint"), "{err}");
    let mut test = program("checkpoints");
    let test = test.args(["test", "no/such"]).arg("--data").arg(&data);
    let err = fails(&test.output().unwrap(), 1);
    assert!(err.contains("no/such.json: there is no such file"), "{err}");
}

#[test]
fn the_smallest_share_that_may_be_kept_is_kept() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let flags = ["--keep", "0.000001", "1", "--iterations", "1"];
    run(&mut lesson("train", &data, &place.path().join("out"), &flags));
}

/// Adam's first two steps by its paper's formulas, in f64, on the mean gradient of all images
/// at once: what `main` has to do with the gradients of parts and with the number of a step.
#[test]
fn two_steps_of_the_program_are_those_of_the_formulas() {
    let place = tempfile::tempdir().unwrap();
    let data = many_digits(place.path(), 1_200);
    let out = place.path().join("out");
    let flags = ["--start", "random", "--keep", "1", "1", "--batch-size", "all", "--every", "1"];
    run(lesson("train", &data, &out, &flags).args(["--iterations", "2"]));
    let images = datasets::mnist::<Float>(Some(&data)).unwrap().train;
    let ones = [(1_200, 160), (1_200, 40)].map(ndarray::Array2::<Float>::ones);
    let mut network = Network::<Float>::new(Start::Random, &mut seeded(1));
    let mut means: Vec<[f64; 2]> = vec![[0.0; 2]; 7_020];
    for i in 1..=2 {
        let (z, cache) = network.forward(&images.x, Some([&ones[0], &ones[1]]));
        let dz = (softmax(&z) - &images.t) / 1_200.0;
        let gradient = network.backward(&images.x, &cache, [&ones[0], &ones[1]], &dz);
        let gradient = gradient.parameters();
        let gradient = gradient.iter().flat_map(|(_, dw)| dw.iter().map(|&dw| f64::from(dw)));
        let mut update = gradient.zip(&mut means).map(|(dw, [v, s])| {
            *v = 0.9 * *v + 0.1 * dw;
            *s = 0.999 * *s + 0.001 * dw * dw;
            let (v, s) = (*v / (1.0 - 0.9f64.powi(i)), *s / (1.0 - 0.999f64.powi(i)));
            0.001 * v / (s.sqrt() + 1e-8)
        });
        for (_, mut w) in network.parameters_mut() {
            w.mapv_inplace(|w| w - update.next().unwrap() as Float);
        }
        drop(update);
        let program = load(&stem(&out.join("models"), i as usize)).unwrap().network;
        for ((name, ours), (_, theirs)) in network.parameters().iter().zip(program.parameters()) {
            for (ours, theirs) in ours.iter().zip(theirs) {
                // A tenth of a step: the sums are taken in another order.
                assert!((ours - theirs).abs() < 1e-4, "step {i}, {name}: {ours} and {theirs}");
            }
        }
    }
}

#[test]
fn resume_notices_any_other_pixel_and_takes_a_checkpoint_with_the_checksum_of_old() {
    let place = tempfile::tempdir().unwrap();
    let data = many_digits(place.path(), 1_200);
    let out = place.path().join("out");
    run(&mut lesson("train", &data, &out, &["--iterations", "2"]));
    // As it was once written: with the checksum of the first thousand images.
    let whole = datasets::mnist::<Float>(Some(&data)).unwrap();
    let at = stem(&out.join("models"), 2);
    let mut training = load(&at).unwrap();
    training.data = checkpoints::training::DataInfo::of_first(&whole, 1_000);
    assert_ne!(training.data, load(&at).unwrap().data);
    save(&training, &at).unwrap();
    run(&mut lesson("resume", &data, &out, &["--iterations", "3"]));
    run(&mut lesson("resume", &data, &out, &["--iterations", "4"]));
    let images = data.join("mnist/train-images-idx3-ubyte");
    let mut bytes = fs::read(&images).unwrap();
    let last = bytes.len() - 400;
    bytes[last] ^= 0x80;
    fs::write(&images, bytes).unwrap();
    let err = fails(&lesson("resume", &data, &out, &["--iterations", "5"]).output().unwrap(), 1);
    assert!(err.contains("or others of that name; give the same --data"), "{err}");
}

#[test]
fn a_training_that_diverges_after_resume_is_told_what_resume_can_do() {
    let place = tempfile::tempdir().unwrap();
    let data = few_digits(place.path());
    let out = place.path().join("out");
    run(&mut lesson("train", &data, &out, &["--iterations", "2", "--start", "random"]));
    let at = stem(&out.join("models"), 2);
    let mut training = load(&at).unwrap();
    training.network.w3 *= 1e30;
    training.network.w2 *= 1e30;
    save(&training, &at).unwrap();
    let err = fails(&lesson("resume", &data, &out, &["--iterations", "3"]).output().unwrap(), 1);
    let said = "the loss is no longer a number at iteration 3; lower --learning-rate, which is \
                0.001, and train anew with --fresh";
    assert!(err.contains(said), "{err}");
}
