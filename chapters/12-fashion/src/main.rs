use std::time::Instant;
use common::batch::{shuffled, take};
use common::*;
use deep_cnn::network::Network;
use deep_cnn::optimiser::*;
use deep_cnn::score::score;
use deep_cnn::{Layers, schedule};
fn main() -> Result {
    let a: Vec<String> = std::env::args().collect();
    let layers: Layers = a[1].parse()?;
    let epochs: usize = a[2].parse().unwrap();
    let opt = a[3].as_str();
    let lr: f64 = a[4].parse().unwrap();
    let batch: usize = a[5].parse().unwrap();
    let seed: u64 = a[6].parse().unwrap();
    let data = datasets::fashion_mnist::<Float>(None)?;
    let train = &data.train;
    let mut rng = seeded(seed);
    let mut learnt = shuffled(train.len(), train.len(), &mut rng).concat();
    let held = learnt.split_off(train.len() - 5000);
    let (xh, th) = (take(&train.x, &held), take(&train.t, &held));
    let mut n = Network::<Float>::new(&layers, (1, 28, 28), 10, batch, &mut rng)?;
    let (mut v, mut s) = (vec![0.0; n.parameters()], vec![0.0; n.parameters()]);
    let mut i = 0;
    let mut spent = 0.0;
    let steps = learnt.len().div_ceil(batch);
    for epoch in 1..=epochs {
        let start = Instant::now();
        let mut sum = 0.0;
        for b in shuffled(learnt.len(), batch, &mut rng) {
            let done = i as f64 / (steps * epochs) as f64;
            let rate = lr * if a.len() > 7 { schedule::one_cycle(done, 0.2) } else { schedule::steps(done) };
            i += 1;
            let rows: Vec<usize> = b.iter().map(|&k| learnt[k]).collect();
            let (x, t) = (take(&train.x, &rows), take(&train.t, &rows));
            let z = n.forward(&x);
            sum += cross_entropy_from_logits(&z, &t);
            let dz = (softmax(&z) - &t) / rows.len() as Float;
            n.backward(&x, &dz);
            match opt {
                "adam" => adam(&mut n.w, &n.dw, &mut v, &mut s, i, rate as Float),
                _ => nesterov(&mut n.w, &n.dw, &mut v, rate as Float, 0.9),
            }
        }
        let sec = start.elapsed().as_secs_f64();
        spent += sec;
        let (e, r) = score(&mut n, (&xh, &th), batch);
        println!("{epoch} {sec:.1} loss {:.4} held {e:.4} {r:.2}", sum / steps as f64);
    }
    println!("{:?} total {spent:.1}", &a[1..]);
    Ok(())
}
