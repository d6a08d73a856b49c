//! Chapter 13, run as a reader runs it, killed as nobody hopes, and given pictures
//! that a reader might have.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use checkpoints::checkpoint::{load, paths};
use checkpoints::store::{latest, stem, steps};
use common::seeded;
use datasets::{digits, idx};
use rand::Rng as _;
use referee::lesson::{fails, figure, run};
use referee::{program, real_data, texts};

/// A few built-in digits as MNIST's four files, to start within milliseconds.
fn few_digits(folder: &Path) -> PathBuf {
    let place = folder.join("few");
    fs::create_dir_all(&place).unwrap();
    for (stream, split) in [(0, "train"), (1, "t10k")] {
        let drawn = digits::draw(1, stream, 40);
        idx::write(place.join(format!("{split}-images-idx3-ubyte")), drawn.images.view()).unwrap();
        idx::write(place.join(format!("{split}-labels-idx1-ubyte")), drawn.labels.view()).unwrap();
    }
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
    let cases: [(&[&str], &str); 9] = [
        (&["--batch-size", "0"], "--batch-size"),
        (&["--batch-size", "some"], "`all`"),
        (&["--keep", "0", "0.5"], "above 0 and up to 1"),
        (&["--keep", "0.5"], "--keep"),
        (&["--every", "0"], "--every"),
        (&["--last", "0"], "--last"),
        (&["--start", "ones"], "--start"),
        (&["resume", "--seed", "3"], "--seed"),
        (&["predict", "here"], "IMAGE.png"),
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

// ---- A person's own pictures ----

/// A network that reads the built-in digits well: random start, no dropout.
fn reader() -> &'static Path {
    static PLACE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let place = PLACE.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        let flags = ["--start", "random", "--keep", "1", "1", "--iterations", "3000"];
        run(&mut lesson("train", Path::new("built-in"), place.path(), &flags));
        place
    });
    place.path()
}

/// Digits as a person draws them: lines through these points, `(x, y)` from the
/// upper left.
const DIGITS: [(usize, &[(f64, f64)]); 5] = [
    (
        0,
        &[
            (0.5, 0.0),
            (0.15, 0.2),
            (0.05, 0.5),
            (0.15, 0.8),
            (0.5, 1.0),
            (0.85, 0.8),
            (0.95, 0.5),
            (0.85, 0.2),
            (0.5, 0.0),
        ],
    ),
    (1, &[(0.5, 0.0), (0.5, 1.0)]),
    (2, &[(0.1, 0.2), (0.35, 0.0), (0.7, 0.05), (0.8, 0.3), (0.5, 0.65), (0.1, 1.0), (0.9, 1.0)]),
    (
        3,
        &[
            (0.1, 0.05),
            (0.6, 0.0),
            (0.8, 0.2),
            (0.6, 0.45),
            (0.35, 0.47),
            (0.6, 0.5),
            (0.85, 0.75),
            (0.6, 1.0),
            (0.1, 0.95),
        ],
    ),
    (7, &[(0.1, 0.0), (0.9, 0.0), (0.4, 1.0)]),
];

/// Ink from 0 to 255 of a digit `size` high with a round pen, on `h` x `w`.
fn sample_rows(
    points: &[(f64, f64)],
    (h, w): (usize, usize),
    (top, left): (f64, f64),
    size: f64,
) -> Vec<u8> {
    let pen = 0.06 * size;
    let ink = |at: usize| {
        let (y, x) = ((at / w) as f64 - top, (at % w) as f64 - left);
        let apart = points.windows(2).map(|ends| {
            let [(x1, y1), (x2, y2)] = [ends[0], ends[1]].map(|(x, y)| (0.8 * size * x, size * y));
            let (dx, dy) = (x2 - x1, y2 - y1);
            let along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
            let along = along.clamp(0.0, 1.0);
            (x - x1 - along * dx).hypot(y - y1 - along * dy)
        });
        (255.0 * (pen - apart.fold(f64::MAX, f64::min) + 0.5).clamp(0.0, 1.0)) as u8
    };
    (0..h * w).map(ink).collect()
}

fn write_png(path: &Path, (h, w): (usize, usize), colour: png::ColorType, bytes: &[u8]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), w as u32, h as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
}

/// What `predict` says of pictures: a digit and its percentage for each.
fn read_as(checkpoint: &Path, pictures: &[PathBuf]) -> Vec<(usize, f64)> {
    let mut predict = program("checkpoints");
    let output = predict.arg("predict").arg(checkpoint).args(pictures).output().unwrap();
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}\n{err}");
    let heads = out.lines().filter(|line| line.contains(".png, "));
    heads
        .map(|line| {
            let (_, said) = line.rsplit_once(": ").unwrap();
            let (digit, percent) = said.split_once(" with ").unwrap();
            (digit.parse().unwrap(), percent.trim_end_matches(" %").parse().unwrap())
        })
        .collect()
}

#[test]
fn a_persons_own_digits_are_read_in_any_size_place_and_colour() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: String| place.path().join(name);
    let mut pictures = Vec::new();
    for (digit, points) in DIGITS {
        let size = (240, 180);
        let ink = sample_rows(points, size, (20.0, 30.0), 150.0);
        let dark: Vec<u8> = ink.iter().map(|v| 255 - v).collect();
        let red_on_blue: Vec<u8> = ink.iter().flat_map(|&v| [v, 0, 255 - v]).collect();
        let glass: Vec<u8> = ink.iter().flat_map(|&v| [255, 255, 255, v]).collect();
        let wide = (500, 700);
        let corner = sample_rows(points, wide, (330.0, 520.0), 130.0);
        let kinds = [
            ("light", size, png::ColorType::Grayscale, ink.as_slice()),
            ("dark", size, png::ColorType::Grayscale, &dark),
            ("colour", size, png::ColorType::Rgb, &red_on_blue),
            ("glass", size, png::ColorType::Rgba, &glass),
            ("corner", wide, png::ColorType::Grayscale, &corner),
        ];
        for (name, size, colour, bytes) in kinds {
            let path = path(format!("{digit}-{name}.png"));
            write_png(&path, size, colour, bytes);
            pictures.push((digit, path));
        }
    }
    let paths: Vec<PathBuf> = pictures.iter().map(|(_, path)| path.clone()).collect();
    let read = read_as(reader(), &paths);
    let right =
        pictures.iter().zip(&read).filter(|((digit, _), (guess, _))| digit == guess).count();
    assert!(right >= 23, "{right} of 25: {read:?}");
    // One digit in five colours and places is one digit.
    for kinds in read.chunks(5) {
        assert!(kinds.iter().all(|kind| kind.0 == kinds[0].0), "{read:?}");
    }
}

#[test]
fn predict_shows_what_it_saw_and_has_a_sentence_for_what_it_cannot_read() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let (size, seven) = ((200, 150), DIGITS[4].1);
    write_png(
        &path("7.png"),
        size,
        png::ColorType::Grayscale,
        &sample_rows(seven, size, (20.0, 20.0), 120.0),
    );
    write_png(&path("empty.png"), size, png::ColorType::Grayscale, &vec![255; 30_000]);
    let whole = fs::read(path("7.png")).unwrap();
    fs::write(path("half.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(path("photo.png"), b"\xff\xd8\xff\xe0 a JPEG").unwrap();
    let mut predict = program("checkpoints");
    predict
        .arg("predict")
        .arg(reader())
        .args(["none.png", "7.png", "empty.png", "half.png", "photo.png"].map(path));
    let output = predict.arg("--seen").arg(path("seen.png")).output().unwrap();
    let (out, _) = texts(&output);
    let err = fails(&output, 1);
    assert!(out.contains("7.png, 150 x 200: 7 with"), "{out}");
    assert!(
        out.contains("█") && out.lines().filter(|l| l.starts_with("  |")).count() == 14,
        "{out}"
    );
    assert!(fs::metadata(path("seen.png")).is_ok_and(|file| file.len() > 100));
    for said in [
        "none.png: there is no such file",
        "empty.png: nothing is drawn on it",
        "half.png: is not a whole PNG",
        "photo.png: is not a whole PNG",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert_eq!(err.trim().lines().count(), 4, "a sentence each: {err}");
}
