//! A training step of the deep network asks for no memory.

use common::seeded;
use deep_cnn::Network;
use deep_cnn::optimiser::adam;
use referee::counting;
use referee::numbers;

pub fn a_step_of_the_deep_network_asks_for_no_memory() {
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
