//! Find the bug: running sums by many threads, played through on one.
//!
//!     rounds with apart = 1, 2, 4, ... < length:
//!         each thread t >= apart:  shared[t] = shared[t - apart] + shared[t]
//!     at the end shared[t] = the sum of the first t + 1 numbers
//!
//! On a GPU all threads of a round read, wait for each other at a barrier, and then write.
//!
//! Page: docs/en/06-cnn-gpu.md

/// The running sums of `shared`, in place.
fn running_sums(shared: &mut [f64]) {
    let mut apart = 1;
    while apart < shared.len() {
        // TODO: what does thread 2 read, when thread 1 was here before?
        for t in apart..shared.len() {
            shared[t] += shared[t - apart];
        }
        apart *= 2;
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_numbers() {
        let mut shared = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        running_sums(&mut shared);
        assert_eq!(shared, [1.0, 3.0, 6.0, 10.0, 15.0, 21.0, 28.0, 36.0]);
    }

    #[test]
    fn any_length_gives_the_sums_of_a_plain_loop() {
        for length in 0..20 {
            let mut shared = Vec::from_iter((0..length).map(|k| f64::from(k * k % 7)));
            let mut sum = 0.0;
            let expected: Vec<f64> = shared.iter().map(|v| (sum += v, sum).1).collect();
            running_sums(&mut shared);
            assert_eq!(shared, expected, "{length} numbers");
        }
    }
}
