//! Chapter 02: a hidden layer of sigmoids, and the chain rule by hand.
//!
//!     h = sigmoid(x wh + bh)     (N, H) = (N, 784)(784, H) + (1, H)
//!     y = softmax(h wo + bo)     (N, 10) = (N, H)(H, 10) + (1, 10)
//!
//! Expect 86 % of MNIST's test set after 3,000 iterations, no more than in chapter 01:
//! it needs more training (chapter 03). With --quick, 1,000 iterations, 73 % of the
//! built-in digits.
//! Run: cargo run --release -p hidden-layer

use std::time::Instant;

use clap::Parser;
use common::params::Params;
use common::plot::{self, Curve, Image};
use common::program::flags::{self, Flags};
use common::program::{Progress, Summary, thousands};
use common::{Float, Result, check_finite, files, init, look, metric};
use common::{accuracy, article_loss, batch, cross_entropy, predict, seeded, update};
use hidden_layer::{backward, forward};

const INPUTS: usize = 784; // 28 x 28 pixels
const HIDDEN: usize = 100; // not in the article's text; 100 units come near its 87 %, 50 do not
const CLASSES: usize = 10; // the digits 0 to 9
const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 1_000;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.001; // the article's; gradients are summed, so 0.1 for their mean

/// Chapter 02: a hidden layer of sigmoids, and the chain rule by hand.
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

    /// Units of the hidden layer
    #[arg(long, default_value_t = HIDDEN, value_name = "COUNT", value_parser = flags::count(10_000))]
    hidden: usize,

    /// Open look.html in the browser at the end: the network from inside
    #[arg(long)]
    look: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("hidden-layer");
    let default = if args.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);

    // == Initialise ==
    let mut wh = init::normal((INPUTS, args.hidden), &mut rng); // (784, H), N(0, 1) as in the article
    let mut bh = init::normal((1, args.hidden), &mut rng); // (1, H)
    let mut wo = init::normal((args.hidden, CLASSES), &mut rng); // (H, 10)
    let mut bo = init::normal((1, CLASSES), &mut rng); // (1, 10)

    // == Train ==
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let start = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&train.x, &train.t, args.batch_size, &mut rng); // (100, 784), (100, 10)
        let (h, y) = forward(&x, &wh, &bh, &wo, &bo); // (100, H), (100, 10)
        let e = article_loss(&y, &t);
        check_finite(e, i)?; // an error if e is NaN or infinite
        let (dwh, dbh, dwo, dbo) = backward(&x, &wo, &h, &y, &t);
        update(&mut wh, args.learning_rate, &dwh); // wh = wh - 0.001 dwh, (784, H)
        update(&mut bh, args.learning_rate, &dbh); // (1, H)
        update(&mut wo, args.learning_rate, &dwo); // (H, 10)
        update(&mut bo, args.learning_rate, &dbo); // (1, 10)
        curve.push([i as f64, e, accuracy(&y, &t)]);
        progress.step(i, e, curve[i - 1][2]);
    }
    let seconds = start.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let (_, y) = forward(&test.x, &wh, &bh, &wo, &bo); // (10000, 10)
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
    let units: Vec<Image> =
        (0..args.hidden.min(20)).map(|k| Image::new(wh.column(k), k.to_string())).collect();
    plot::filters(&out.join("weights"), &units, 10)?;

    // == Save ==
    let params = Params::new().with("wh", &wh).with("bh", &bh).with("wo", &wo).with("bo", &bo);
    params.save(&out.join("params.npz"))?;
    files::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    println!("pictures, curve and parameters are in {}", out.display());
    let layers = [look::affine("wh", "bh"), look::sigmoid(), look::affine("wo", "bo")];
    let page = look::Page::new("02-hidden-layer", &data.classes, layers, &params)?;
    page.samples(&test.x, &test.labels).save(&out, args.look)?; // look.html
    let summary = Summary::new("hidden-layer", data.name)
        .figure("test accuracy", test_accuracy, "%", Some("87.08 %"))
        .figure("training", seconds, "s", Some("6.020 s"))
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
