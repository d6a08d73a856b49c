//! A training step of the deep network asks for no memory.

use common::seeded;
use deep_cnn::network::Network;
use deep_cnn::optimiser::adam;
use referee::counting::{self, Counting};
use referee::numbers;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_step_of_the_deep_network_asks_for_no_memory() {
    // One thread, the caller: rayon's own queues are not the network's.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap();
    for line in ["conv30x5,pool2,100", "conv20x5,pool2,conv50x5,pool2,500", "conv8x3p1,conv4x3,9"] {
        let mut network: Network<f32> =
            Network::new(&line.parse().unwrap(), (1, 28, 28), 10, 20, &mut seeded(1)).unwrap();
        let x = numbers((20, 784), 1, 1.0).mapv(|v| v as f32);
        let dz = numbers((20, 10), 2, 0.1).mapv(|v| v as f32);
        let (mut v, mut s) = (vec![0.0; network.w.len()], vec![0.0; network.w.len()]);
        let mut asked = [0; 3];
        for (i, asked) in asked.iter_mut().enumerate() {
            let before = counting::asked();
            network.forward(&x);
            network.backward(&x, &dz);
            let (w, dw) = (&mut network.w, &network.dw);
            adam(w, dw, &mut v, &mut s, i + 1, 0.001);
            *asked = counting::asked() - before;
        }
        // The first step makes the filters' second layout, and starts rayon.
        assert_eq!(asked[1..], [0, 0], "{line}: {asked:?}");
    }
}
