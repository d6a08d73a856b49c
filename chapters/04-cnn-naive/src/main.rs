//! Chapter 04: one filter, explicit loops, backpropagation by hand.
//!
//!     c = x seen through f       (N, 24, 24) from (N, 28, 28) and (5, 5)
//!     h = max(c + bc, 0)         (N, 576) = (N, 576) + (1, 576)
//!     y = softmax(h wo + bo)     (N, 10) = (N, 576)(576, 10) + (1, 10)
//!
//! Expect 88 % of MNIST's test set after 3,000 iterations, in some ten seconds;
//! the article's program took five hours. With --quick, 300 iterations, 73 % of
//! the built-in digits.
//! Run: cargo run --release -p cnn-naive

use std::time::Instant;

use clap::Parser;
use cnn_naive::network::{CLASSES, Gradients, backward, forward, probabilities, start};
use cnn_naive::stages::stages;
use common::cli::{self, Flags};
use common::params::Params;
use common::plot::{self, Curve, Image};
use common::report::{self, Progress, Summary, thousands};
use common::{Error, Float, Result, metric, softmax_naive};
use common::{accuracy, affine, article_loss, batch, cross_entropy, predict, seeded, update};
use ndarray::{ArrayRef2, s};

const ITERATIONS: usize = 3_000; // the article's
const QUICK_ITERATIONS: usize = 300;
const BATCH_SIZE: usize = 100; // the article's, drawn with replacement
const LEARNING_RATE: Float = 0.01; // of the article's run; its text has 0.001
const ARTICLE_STEP: f64 = 18_282.343 / 3_000.0; // seconds

/// Chapter 04: one filter, explicit loops, backpropagation by hand.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    flags: Flags,

    /// Steps of gradient descent [default: 3000, with --quick 300]
    #[arg(long, value_name = "COUNT", value_parser = cli::count(10_000_000))]
    iterations: Option<usize>,

    /// How far each step goes; what it means depends on --gradients
    #[arg(long, default_value_t = LEARNING_RATE, value_name = "RATE", value_parser = cli::rate::<Float>)]
    learning_rate: Float,

    /// Examples that each step looks at
    #[arg(long, default_value_t = BATCH_SIZE, value_name = "COUNT", value_parser = cli::count(60_000))]
    batch_size: usize,

    /// Which gradients are divided by the batch size
    #[arg(long, value_enum, default_value_t = Gradients::Article)]
    gradients: Gradients,

    /// Softmax as the article writes it, nothing subtracted: some seeds end in NaN
    #[arg(long)]
    naive_softmax: bool,
}

fn main() -> Result {
    let args = Args::parse();
    args.flags.start()?;
    let out = args.flags.out("cnn-naive");
    let default = if args.flags.quick { QUICK_ITERATIONS } else { ITERATIONS };
    let iterations = args.iterations.unwrap_or(default);
    let mut rng = seeded(args.flags.seed);

    // == Load ==
    let data = datasets::mnist::<Float>(args.flags.data.as_deref())?;
    let (train, test) = (&data.train, &data.test); // x (N, 784), t (N, 10)
    println!("{} ({})", data.name, data.origin);
    let digit = train.x.slice(s![..1, ..]); // (1, 784), the one to watch

    // == Initialise ==
    let (mut f, mut bc, mut wo, mut bo) = start::<Float>(&mut rng); // all N(0, 1)
    println!("f {:?}, bc {:?}, wo {:?}, bo {:?}", f.dim(), bc.dim(), wo.dim(), bo.dim());
    println!("{} parameters", thousands(f.len() + bc.len() + wo.len() + bo.len()));
    let (f_start, bc_start) = (f.clone(), bc.clone()); // to see what training changes
    let mut watched = Vec::from(stages(&digit, (&f, &bc, &wo, &bo), 0));

    // == Train ==
    // Gradients arrive as sums over the batch; to average one is to divide its rate.
    let (rate_f, rate_o) = args.gradients.rates(args.learning_rate, args.batch_size);
    let mut good = (f.clone(), bc.clone(), wo.clone(), bo.clone()); // the last with a finite loss
    let mut progress = Progress::new(iterations);
    let mut curve = Vec::with_capacity(iterations); // [iteration, loss, accuracy in %]
    let began = Instant::now();
    for i in 1..=iterations {
        let (x, t) = batch(&train.x, &train.t, args.batch_size, &mut rng); // (100, 784), (100, 10)
        let (_, _, h, mut y) = forward(&x, &f, &bc, &wo, &bo); // (100, 576), (100, 10)
        if args.naive_softmax {
            y = softmax_naive(&affine(&h, &wo, &bo)); // NaN once a logit is too large for exp
        }
        let e = article_loss(&y, &t);
        if !e.is_finite() {
            let path = out.join("params.npz");
            params(&good.0, &good.1, &good.2, &good.3).save(&path)?;
            let cure = if args.naive_softmax { "leave --naive-softmax away, or " } else { "" };
            return Err(Error::new(format!(
                "the loss is no longer a number at iteration {i}; {cure}lower --learning-rate and \
                 run again (the parameters before that step are in {})",
                path.display()
            )));
        }
        good = (f.clone(), bc.clone(), wo.clone(), bo.clone()); // 25 KB: a thousandth of a step
        let (df, dbc, dwo, dbo) = backward(&x, &wo, &h, &y, &t); // sums over the batch
        update(&mut f, rate_f, &df); // f = f - 0.01 df / 100, (5, 5)
        update(&mut bc, rate_f, &dbc); // (1, 576)
        update(&mut wo, rate_o, &dwo); // wo = wo - 0.01 dwo, (576, 10)
        update(&mut bo, rate_o, &dbo); // (1, 10)
        curve.push([i as f64, e, accuracy(&y, &t)]);
        progress.step(i, e, curve[i - 1][2]);
        if [iterations / 100, iterations / 10, iterations].contains(&i) {
            watched.extend(stages(&digit, (&f, &bc, &wo, &bo), i));
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    progress.finish();

    // == Test ==
    let y = probabilities(&test.x, &f, &bc, &wo, &bo); // (10000, 10)
    let guesses = predict(&y); // (10000,)
    let reached = accuracy(&y, &test.t); // %

    // == Report ==
    let right = (reached / 100.0 * test.len() as f64).round() as usize;
    println!(
        "{} of {} right, {} wrong",
        thousands(right),
        thousands(test.len()),
        thousands(test.len() - right)
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
            Curve::level(format!("test set: {reached:.2} %"), reached),
        ],
    )?;
    plot::digits(&out.join("stages"), &watched, 4)?;
    let (before, after) = ("at the start", "after training");
    let filter = [Image::new(&f_start, before), Image::new(&f, after)];
    plot::filters(&out.join("filter"), &filter, 2)?;
    let biases = [Image::new(bc_start.row(0), before), Image::new(bc.row(0), after)];
    plot::filters(&out.join("biases"), &biases, 2)?;
    plot::confusion(
        &out.join("confusion"),
        &metric::confusion(&test.labels, &guesses, CLASSES),
        &data.classes,
    )?;

    // == Save ==
    params(&f, &bc, &wo, &bo).save(&out.join("params.npz"))?;
    report::save_csv(&out.join("curve.csv"), ["iteration", "loss", "accuracy"], &curve)?;
    println!("pictures, curve and parameters are in {}", out.display());
    let summary = Summary::new("cnn-naive", data.name)
        .figure("test accuracy", reached, "%", None) // the article never says its own
        .figure("training", seconds, "s", Some("18,282 s"))
        .figure("faster per step", ARTICLE_STEP * iterations as f64 / seconds, "times", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}

/// The parameters under their names, for `params.npz`.
fn params(
    f: &ArrayRef2<Float>,
    bc: &ArrayRef2<Float>,
    wo: &ArrayRef2<Float>,
    bo: &ArrayRef2<Float>,
) -> Params<Float> {
    Params::new().with("f", f).with("bc", bc).with("wo", wo).with("bo", bo)
}
