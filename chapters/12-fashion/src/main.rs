//! Chapter 12: clothes in place of digits. A perceptron with a hidden layer (MLP)
//! and a network of convolutions (CNN) learn from the same batches, and the
//! convolutions are done twice: as fast as we can, and in plain loops.
//!
//!     MLP   h  = m max(x w1 + b1, 0)             (N, 256)          m: dropout's mask
//!           y  = softmax(h w2 + b2)              (N, 10)
//!     CNN   h1 = max(conv(x, w1) + b1, 0)        (N, 20, 24, 24)
//!           p1 = the largest of every 2 x 2      (N, 20, 12, 12)
//!           h2 = max(conv(p1, w2) + b2, 0)       (N, 50, 8, 8)
//!           p2 = the largest of every 2 x 2      (N, 50, 4, 4) = (N, 800)
//!           h3 = max(p2 w3 + b3, 0)              (N, 500)
//!           y  = softmax(h3 w4 + b4)             (N, 10)
//!
//! Expect 89 % of Fashion-MNIST's test set from the first and 92 % from the second,
//! in a minute or two on two cores.
//! Run: cargo run --release -p fashion

mod args;

use args::Args;
use clap::Parser;
use common::batch::{shuffled_batches, take_rows};
use common::params::Params;
use common::plot;
use common::program::{Summary, thousands};
use common::{Error, Float, Result, seeded};
use datasets::Origin;
use deep_cnn::evaluate::{evaluate, logits};
use deep_cnn::naive::Naive;
use deep_cnn::{Network, parameters};
use fashion::learnt::{difference, fastest};
use fashion::mlp::{self, Mlp};
use fashion::tables::{self, Pace};
use fashion::{Course, Reading, cnn, course, naive, pictures};

const IMAGE: (usize, usize, usize) = (1, 28, 28); // channels, height, width
const CLASSES: usize = 10; // T-shirt to ankle boot
const VALIDATION: usize = 5_000; // of the 60,000, to choose by; the test set chooses nothing
const EPOCHS: usize = 16;
const QUICK_IMAGES: usize = 10_000;
const QUICK_EPOCHS: usize = 2;
const BATCH_SIZE: usize = 100;
const MLP_RATE: f64 = 0.003; // three times Adam's own; it falls to nothing
const CNN_RATE: f64 = 0.05; // with momentum
const HIDDEN: usize = 256;
const DROPOUT: Float = 0.1;
const LAYERS: &str = "conv20x5,pool2,conv50x5,pool2,500"; // lesson 08's
const NAIVE_STEPS: usize = 10; // a second or less each
const QUICK_NAIVE_STEPS: usize = 2;
const CHECKED: usize = 2; // steps: the first compares the ways forward, the second those back
const EQUAL: f64 = 1e-3; // as a share of the loss; f32 has seven digits and loses a few

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let (out, quick) = (args.flags.out("fashion"), args.flags.quick);
    let threads = rayon::current_num_threads();
    args.layers.check_memory(IMAGE, args.batch_size)?;

    // == Load ==
    let data = datasets::fashion_mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    if data.origin == Origin::BuiltIn {
        eprintln!("NOTICE: these are digits and no clothes; nothing below is about Fashion-MNIST.");
    }

    // == The same for both ==
    let mut rng = seeded(args.flags.seed);
    let mut learnt = shuffled_batches(train.len(), train.len(), &mut rng).concat(); // 0 to 59,999
    let held_back = learnt.split_off(train.len() - VALIDATION.min(train.len() / 2));
    learnt.truncate(if quick { QUICK_IMAGES } else { learnt.len() });
    let epochs = args.epochs.unwrap_or(if quick { QUICK_EPOCHS } else { EPOCHS });
    let mut epochs = course::epochs(&learnt, epochs, args.batch_size, &mut rng);
    // A coat in the mirror is a coat; a 3 is nothing
    let mirror = data.origin != Origin::BuiltIn && !args.as_they_are;
    if mirror {
        course::mirror(&mut epochs, train.len(), &mut rng);
    }
    let (x_held, t_held) = (take_rows(&train.x, &held_back), take_rows(&train.t, &held_back)); // (5000, 784), (5000, 10)
    let course = Course {
        x: &train.x,
        t: &train.t,
        x_held: &x_held,
        t_held: &t_held,
        steps: epochs.iter().map(Vec::len).sum(),
        epochs,
    };
    println!(
        "{} images to learn from, {} held back; {} epochs of {} batches, the same for both",
        thousands(learnt.len()),
        thousands(held_back.len()),
        course.epochs.len(),
        course.batches()
    );

    // == Initialise ==
    let pixels = IMAGE.0 * IMAGE.1 * IMAGE.2; // 784
    let mut mlp = Mlp::new((pixels, args.hidden, CLASSES), &mut rng); // He
    let mut cnn = Network::new(&args.layers, IMAGE, CLASSES, args.batch_size, &mut rng)?; // He
    let start = cnn.w.clone(); // where naive convolution begins, too

    // == Train ==
    println!("the MLP, {} units: {} parameters", args.hidden, thousands(mlp.parameters()));
    let by_mlp = mlp::train(&course, &mut mlp, args.mlp_rate, args.dropout, &mut rng)?;
    println!("the CNN, {}: {} parameters", args.layers, thousands(cnn.parameters()));
    let by_cnn = cnn::train(&course, &mut cnn, args.cnn_rate)?;
    println!("\n{}", tables::epochs(&by_mlp, &by_cnn));
    println!(
        "building batches took {:.1} % of the MLP's time and {:.1} % of the CNN's",
        by_mlp.building(),
        by_cnn.building()
    );

    // == Naive convolution ==
    let default = if quick { QUICK_NAIVE_STEPS } else { NAIVE_STEPS };
    let few = args.naive_steps.unwrap_or(default).min(course.steps);
    let some = course.first(if args.full { course.steps } else { few });
    let mut w = start.clone();
    let plain = Naive::new(&args.layers, IMAGE, CLASSES)?;
    let by_naive = naive::train(&some, &plain, &mut w, args.cnn_rate)?;
    // Once more in fast convolutions on a single thread, as the naive ones are
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut again = Network::new(&args.layers, IMAGE, CLASSES, args.batch_size, &mut rng)?;
    again.w.copy_from_slice(&start);
    let by_one = alone.install(|| cnn::train(&course.first(few), &mut again, args.cnn_rate))?;
    if args.full {
        again.w.copy_from_slice(&w);
        let (_, right) = evaluate(&mut again, &x_held, &t_held);
        println!("naive to the end: {right:.2} % of the images held back");
    }

    // == Test ==
    let (_, z) = mlp::forward(&test.x, &mlp, None); // (10000, 10)
    let of_mlp = Reading::new(&z, &test.t, &test.labels);
    let z = logits(&mut cnn, &test.x); // (10000, 10)
    let of_cnn = Reading::new(&z, &test.t, &test.labels);

    // == Report ==
    println!("\n{}", tables::classes(&data.classes, &of_mlp, &of_cnn));
    let apart = |steps: usize| difference(&by_naive[..steps], &by_cnn.steps);
    if apart(few.min(CHECKED)) > EQUAL {
        return Err(Error::new("naive and fast convolution have different losses; one is wrong"));
    }
    println!("losses of {few} naive and fast steps differ by at most {:.0e} of them", apart(few));
    let naive_step = fastest(&by_naive);
    let naive_epoch = match args.full {
        true => by_naive.iter().map(|step| step.seconds).sum::<f64>() / course.epochs.len() as f64,
        false => naive_step * course.batches() as f64,
    };
    let one_step = fastest(&by_one.steps);
    let paces = [
        Pace::new("naive, 1 thread", naive_step, (naive_epoch, args.full)),
        Pace::new("fast, 1 thread", one_step, (one_step * course.batches() as f64, false)),
        Pace::new(
            &format!("fast, {threads} thread(s)"),
            fastest(&by_cnn.steps),
            (by_cnn.seconds_an_epoch(), true),
        ),
    ];
    println!("{}", tables::paces(&paces));

    // == Plot ==
    let names = &data.classes;
    pictures::classes(&out, train, names)?;
    pictures::trainings(&out, &by_mlp, &by_cnn, naive_epoch)?;
    for (name, reading) in [("mlp", &of_mlp), ("cnn", &of_cnn)] {
        plot::confusion(&out.join(format!("confusion-{name}")), &reading.counts, names)?;
        pictures::mistakes(&out.join(format!("mistakes-{name}")), reading, test, names)?;
    }

    // == Save ==
    let Mlp { w1, b1, w2, b2 } = &mlp;
    let params = Params::new().with("mlp_w1", w1).with("mlp_b1", b1);
    let mut params = params.with("mlp_w2", w2).with("mlp_b2", b2);
    for piece in &cnn.named_parameters {
        params = params.with(&format!("cnn_{}", piece.name), &parameters::view(&cnn.w, piece));
    }
    params.save(&out.join("params.npz"))?;
    tables::save_epochs(&out.join("epochs.csv"), &by_mlp, &by_cnn)?;
    tables::save_steps(&out.join("curve.csv"), &by_mlp, &by_cnn)?;
    tables::save_classes(&out.join("classes.csv"), names, &of_mlp, &of_cnn)?;
    println!("pictures, curves and parameters are in {}", out.display());
    let summary = Summary::new("fashion", data.name)
        .figure("CNN accuracy", of_cnn.accuracy, "%", None)
        .figure("MLP accuracy", of_mlp.accuracy, "%", None)
        .figure("MLP epoch", by_mlp.seconds_an_epoch(), "s", None)
        .figure("CNN epoch", by_cnn.seconds_an_epoch(), "s", None)
        .figure("CNN epoch in naive convolution", naive_epoch, "s", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
