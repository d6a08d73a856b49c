//! A training step of chapter 09 asks for no memory.

use common::seeded;
use dropout_adam::adam::Adam;
use dropout_adam::ink::Ink;
use dropout_adam::network::start;
use dropout_adam::step::Step;
use ndarray::Array1;
use referee::counting::{self, Counting};
use referee::numbers;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_step_with_dropout_and_adam_asks_for_no_memory() {
    // One thread, the caller: rayon's own queues are not the lesson's.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap();
    let x = numbers((200, 784), 1, 1.0).mapv(|v| v.max(0.0) as f32);
    let (ink, labels) = (Ink::of(&x), Array1::from_shape_fn(200, |n| n % 10));
    let rows: Vec<usize> = (0..200).collect();
    let mut rng = seeded(1);
    let (mut w1, mut b1, mut w2, mut b2) = start::<f32>(32, &mut rng);
    let (mut adam_w1, mut adam_b1) = (Adam::new(&w1), Adam::new(&b1));
    let (mut adam_w2, mut adam_b2) = (Adam::new(&w2), Adam::new(&b2));
    let mut step = Step::<f32, 4>::new(200);
    let mut asked = [0; 3];
    for (i, asked) in (1..).zip(&mut asked) {
        let before = counting::asked();
        step.gradients((&ink, &labels), &rows, (&w1, &b1, &w2, &b2), 0.2, &mut rng);
        adam_w1.step(&mut w1, &step.dw1, i, 0.001);
        adam_b1.step(&mut b1, &step.db1, i, 0.001);
        adam_w2.step(&mut w2, &step.dw2, i, 0.001);
        adam_b2.step(&mut b2, &step.db2, i, 0.001);
        *asked = counting::asked() - before;
    }
    assert_eq!(asked[1..], [0, 0], "{asked:?}"); // the first one starts rayon
}
