//! The table of times of lesson 06: operations and bytes counted by hand from the shapes.

use cnn_gpu::benchmark::Benchmark;
use referee::gpu;

#[test]
fn the_table_of_times_has_the_operations_and_bytes_of_the_shapes() {
    let Some(gpu) = gpu("the_table_of_times_has_the_operations_and_bytes_of_the_shapes") else {
        return;
    };
    let batch = 3;
    let benchmark = Benchmark::measure(gpu, batch).unwrap();
    let n = batch as f64;
    // One filter: the convolution and df, 14,400 products each; z, dwo, and dh for df and
    // again for dbc, 5,760 products each.
    let article = n * 2.0 * (2.0 * 14_400.0 + 4.0 * 5760.0);
    // Thirty filters: the convolution; h, dp and dw2; df, 26 products (25 taps and the bias)
    // at the 4,320 places that won their pool; the last layer and its gradients; Adam, with 12
    // operations for each weight of the hidden layer.
    let products = 432_000.0 + 3.0 * 432_000.0 + 112_320.0 + 5_000.0;
    let thirty = n * 2.0 * products + 12.0 * 432_000.0;
    // Adam reads and writes the weights and both means; the passes read the weights twice.
    let weights = 4.0 * 432_000.0 * 8.0;
    let images = n * 4.0 * (6.0 * 4320.0 + 6_970.0);
    for (name, operations, bytes) in [
        ("article: whole step", article, n * 8.0 * 613.0 + n * 788.0 + 3.0 * 4.0 * 6371.0),
        ("30 filters: whole step", thirty, weights + images),
    ] {
        let found = benchmark.measurements.iter().find(|line| line.name == name).unwrap();
        for (what, found, expected) in
            [("operations", found.operations, operations), ("bytes", found.bytes, bytes)]
        {
            let apart = (found / expected - 1.0).abs();
            assert!(apart < 0.005, "{name}: {found} {what} instead of {expected}");
        }
        assert!(found.seconds > 0.0 && found.floor > 0.0, "{name}");
    }
    let table = benchmark.table();
    let lines = benchmark.measurements.iter();
    assert!(lines.clone().all(|line| table.contains(&line.name)), "{table}");
    // What is whole is the sum of its parts.
    for network in ["article", "30 filters"] {
        let parts = lines.clone().filter(|line| line.name.starts_with(network));
        let (whole, parts): (Vec<_>, Vec<_>) = parts.partition(|l| l.name.ends_with("whole step"));
        assert_eq!(whole[0].dispatches, parts.len(), "{network}");
        assert_eq!(whole[0].operations, parts.iter().map(|line| line.operations).sum::<f64>());
        assert_eq!(whole[0].bytes, parts.iter().map(|line| line.bytes).sum::<f64>());
    }
}
