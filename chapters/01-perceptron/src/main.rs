//! Chapter 01: the perceptron. One affine layer learns to recognise digits.
//!
//!     z = x w + b            (N, 10) = (N, 784)(784, 10) + (1, 10)
//!     y = softmax(z)         (N, 10)
//!
//! Expect 86 % of MNIST's test set after 3,000 iterations, half a point more or less
//! depending on the seed, in a fraction of a second. With --quick, 1,000
//! iterations, 73 % of the built-in digits.
//! Run: cargo run --release -p perceptron

use std::time::Instant;

use clap::Parser;
use common::params::Params;
use common::plot::{self, Curve, Image};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, check_finite, files, init, look, metric};
use common::{accuracy, article_loss, batch, cross_entropy, predict, seeded, update};
use ndarray::{Array2, s};
use perceptron::{backward, forward, gradient_errors};

const INPUTS: usize = 784; // 28 x 28 pixels
const CLASSES: usize = 10; // the digits 0 to 9
const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 1_000;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.001; // the article's; gradients are summed, so 0.1 for their mean

/// Chapter 01: one affine layer and softmax learn to recognise digits.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of gradient descent [default: 3000, with --quick 1000]
    #[arg(long, value_name = "COUNT", value_parser = flags::count(10_000_000))]
    iterations: Option<usize>,

    /// Learning rate; the gradient is the sum over the batch
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = flags::learning_rate::<Float>)]
    learning_rate: Float,

    /// Examples in a batch
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = flags::count(60_000))]
    batch_size: usize,

    /// Compare the gradient with central differences of two losses, and stop
    #[arg(long)]
    check_gradient: bool,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    look: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("perceptron");
    let default = if args.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    println!("training: x {:?}, t {:?}", train.x.shape(), train.t.shape());
    println!("test:     x {:?}, t {:?}", test.x.shape(), test.t.shape());
    let first = train.labels[0];
    println!("digit 0 is a {first}: t = {}", train.t.row(0));
    plot::digit(&out.join("digit-0"), train.x.row(0), &format!("a {first}"))?;

    // == Initialise ==
    let mut w = init::normal((INPUTS, CLASSES), &mut rng); // (784, 10), N(0, 1) as in the article
    let mut b = init::normal((1, CLASSES), &mut rng); // (1, 10)
    let w_start = w.clone(); // to draw what training changed

    // == Check the gradient ==
    if args.check_gradient {
        let n = train.len().min(20);
        let few = |a: &Array2<Float>| a.slice(s![..n, ..]).mapv(f64::from);
        let (entropy, printed) =
            gradient_errors(&few(&train.x), &few(&train.t), &w.mapv(f64::from), &b.mapv(f64::from));
        println!("relative error of dw = xT (y - t) over {n} images, in f64:");
        println!("  against the cross-entropy           {entropy:.1e}");
        println!("  against the loss the article prints {printed:.1e}");
        return Ok(());
    }

    // == Train ==
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&train.x, &train.t, args.batch_size, &mut rng); // (100, 784), (100, 10)
        let y = forward(&x, &w, &b); // (100, 10)
        let e = article_loss(&y, &t);
        check_finite(e, i)?; // an error if e is NaN or infinite
        let (dw, db) = backward(&x, &y, &t); // (784, 10), (1, 10)
        update(&mut w, args.learning_rate, &dw); // w = w - 0.001 dw
        update(&mut b, args.learning_rate, &db); // b = b - 0.001 db
        curve.push([i as f64, e, accuracy(&y, &t)]);
        progress.step(i, e, curve[i - 1][2]);
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let y = forward(&test.x, &w, &b); // (10000, 10)
    let predictions = predict(&y); // (10000,)
    let test_accuracy = accuracy(&y, &test.t); // %
    check_finite(test_accuracy, iterations)?; // NaN, if the last step diverged
    let wrong: Vec<usize> = (0..test.len()).filter(|&i| predictions[i] != test.labels[i]).collect();

    // == Report ==
    println!(
        "{} of {} right, {} wrong",
        thousands(test.len() - wrong.len()),
        thousands(test.len()),
        thousands(wrong.len())
    );
    println!("the article's loss on the test set: {:.3}", article_loss(&y, &test.t));
    println!("cross-entropy on the test set:      {:.3}", cross_entropy(&y, &test.t));

    // == Plot ==
    let column = |k: usize| curve.iter().map(|p| (p[0], p[k])).collect::<Vec<_>>();
    plot::loss(
        &out.join("loss"),
        &[Curve::new("training batch", &column(1)).faint().smoothed(50)],
    )?;
    plot::accuracy(
        &out.join("accuracy"),
        &[
            Curve::new("training batch", &column(2)).faint().smoothed(50),
            Curve::level(format!("test set: {test_accuracy:.2} %"), test_accuracy),
        ],
    )?;
    let mistakes: Vec<Image> = wrong
        .iter()
        .take(50)
        .map(|&i| Image::predicted(test.x.row(i), test.labels[i], predictions[i]))
        .collect();
    plot::digits(&out.join("wrong"), &mistakes, 10)?;
    plot::confusion(
        &out.join("confusion"),
        &metric::confusion(&test.labels, &predictions, CLASSES),
        &data.classes,
    )?;
    let by_class = |w: &Array2<Float>, file: &str| {
        let images: Vec<Image> =
            (0..CLASSES).map(|k| Image::new(w.column(k), data.classes[k])).collect();
        plot::filters(&out.join(file), &images, 5)
    };
    by_class(&w, "weights")?; // still mostly the noise they started from
    by_class(&(&w - &w_start), "learned")?; // what 3,000 steps added to it

    // == Save ==
    let params = Params::new().with("w", &w).with("b", &b);
    params.save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    println!("pictures, curve and parameters are in {}", out.display());
    let page = look::Page::new("01-perceptron", &data.classes, [look::affine("w", "b")], &params)?;
    page.samples(&test.x, &test.labels).save(&out, args.look)?; // look.html
    let summary = Summary::new("perceptron", data.name)
        .figure("test accuracy", test_accuracy, "%", Some("86.64 %"))
        .figure("training", seconds, "s", Some("3.685 s"))
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
