//! Resume with the same bits: everything that a training remembers goes into a checkpoint.
//!
//!     weights w, Adam's v and s, the number of steps, the state of the random numbers
//!
//! Decimal text rounds; bytes do not.
//!
//! Page: docs/en/13-checkpoints.md, exercise 2

/// A small training: Adam on one weight for each of three random targets.
#[derive(Clone, Debug, PartialEq)]
struct Training {
    w: [f64; 3],
    v: [f64; 3],
    s: [f64; 3],
    step: u64,
    random: u64,
}

impl Training {
    fn go_on(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step += 1;
            for k in 0..3 {
                self.random = self.random.wrapping_mul(6364136223846793005).wrapping_add(1);
                let target = (self.random >> 11) as f64 / (1u64 << 53) as f64; // 0 to 1
                let dw = self.w[k] - target;
                self.v[k] = 0.9 * self.v[k] + 0.1 * dw;
                self.s[k] = 0.999 * self.s[k] + 0.001 * dw * dw;
                let v = self.v[k] / (1.0 - 0.9f64.powi(self.step as i32));
                let s = self.s[k] / (1.0 - 0.999f64.powi(self.step as i32));
                self.w[k] -= 0.01 * v / (s.sqrt() + 1e-8);
            }
        }
    }
}

/// The checkpoint as bytes: eleven numbers of 8 bytes each, the least significant first.
fn save(training: &Training) -> Vec<u8> {
    let floats = [training.w, training.v, training.s].concat();
    let bits = floats.into_iter().map(f64::to_bits).chain([training.step, training.random]);
    bits.flat_map(u64::to_le_bytes).collect()
}

/// The training that was saved; `None` if `bytes` is not such a checkpoint.
fn load(bytes: &[u8]) -> Option<Training> {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let numbers: Vec<u64> = chunks.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect();
    let numbers: [u64; 11] = numbers.try_into().ok()?; // a wrong length ends here
    let three = |from: usize| std::array::from_fn(|k| f64::from_bits(numbers[from + k]));
    rest.is_empty().then_some(Training {
        w: three(0),
        v: three(3),
        s: three(6),
        step: numbers[9],
        random: numbers[10],
    })
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Training {
        let mut training =
            Training { w: [0.3, -0.1, 1.7], v: [0.0; 3], s: [0.0; 3], step: 0, random: 1 };
        training.go_on(25);
        training
    }

    #[test]
    fn two_sittings_end_at_the_same_bits_as_one() {
        let mut at_once = begun();
        let mut resumed = load(&save(&at_once)).expect("a checkpoint that was just written");
        at_once.go_on(40);
        resumed.go_on(40);
        assert_eq!(at_once, resumed);
    }

    #[test]
    fn what_is_forgotten_is_missed() {
        let whole = load(&save(&begun())).expect("a checkpoint that was just written");
        let after = |mut training: Training| {
            training.go_on(5);
            training.w
        };
        for forget in [
            |training: &mut Training| training.v = [0.0; 3],
            |training: &mut Training| training.s = [0.0; 3],
            |training: &mut Training| training.step = 0,
            |training: &mut Training| training.random = 1,
        ] {
            let mut other = whole.clone();
            forget(&mut other);
            assert_ne!(after(other), after(whole.clone()));
        }
    }

    #[test]
    fn numbers_that_decimals_lose_survive() {
        let odd = Training {
            w: [0.1 + 0.2, f64::MIN_POSITIVE / 4.0, -0.0],
            v: [f64::MAX, 1e-300, 1.0 / 3.0],
            ..begun()
        };
        let back = load(&save(&odd)).expect("a checkpoint that was just written");
        assert_eq!(back.w.map(f64::to_bits), odd.w.map(f64::to_bits));
        assert_eq!(back, odd);
    }

    #[test]
    fn a_checkpoint_that_is_cut_off_is_none() {
        let bytes = save(&begun());
        assert_eq!(bytes.len(), 88);
        assert_eq!(load(&bytes[..87]), None);
        assert_eq!(load(&bytes[..80]), None);
        assert_eq!(load(&[&bytes[..], &[0]].concat()), None);
    }
}
