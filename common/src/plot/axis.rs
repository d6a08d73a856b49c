//! One axis: its range, its ticks and what they say.

use super::font;
use super::ticks::{self, Tick, step_for};

/// Larger numbers are treated as infinite: their differences are.
const LARGEST: f64 = 1e300;
/// Smaller positive numbers are treated as zero.
const SMALLEST: f64 = 1e-300;

/// A range of numbers, finite and not empty, linear or logarithmic.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
    pub(super) ticks: Vec<Tick>,
}

/// What the caller wants of an axis.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wish {
    pub(super) log: bool,
    /// Instead of the range of the data.
    pub(super) range: Option<(f64, f64)>,
    /// Begin at zero where all data are positive.
    pub(super) from_zero: bool,
    /// End on a labelled tick.
    pub(super) round: bool,
}

/// Room for labels: along the axis, and what one label takes.
#[derive(Clone, Copy)]
pub(super) enum Room {
    /// Labels side by side over this many pixels, in this size.
    Across(f64, f64),
    /// Labels above one another, at most this many.
    Down(usize),
}

impl Axis {
    /// An axis over `values`, of which those that it cannot show are ignored.
    pub(super) fn over(values: impl Iterator<Item = f64>, wish: Wish, room: Room) -> Axis {
        let shown = values.filter(|&v| showable(v, wish.log));
        let data = shown.fold(None, |range: Option<(f64, f64)>, v| {
            Some(range.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
        });
        let wished = wish.range.filter(|&(low, high)| {
            showable(low, wish.log) && showable(high, wish.log) && low < high
        });
        let fixed = wished.is_some();
        let empty = if wish.log { (1.0, 10.0) } else { (0.0, 1.0) };
        let (mut low, mut high) = wished.or(data).unwrap_or(empty);
        if !fixed && !wish.log && low >= 0.0 && (wish.from_zero || low <= 0.05 * high) {
            low = 0.0;
        }
        (low, high) = widened(low, high, wish.log);
        let most = match room {
            Room::Across(..) => 10,
            Room::Down(most) => most,
        };
        // Fewer and fewer ticks until their labels have room.
        let mut axis = Axis::with_ticks(low, high, wish, fixed, most);
        if let Room::Across(length, size) = room {
            for fewer in (1..most).rev() {
                if axis.labels_fit(length, size) {
                    break;
                }
                axis = Axis::with_ticks(low, high, wish, fixed, fewer);
            }
        }
        axis
    }

    fn with_ticks(low: f64, high: f64, wish: Wish, fixed: bool, most: usize) -> Axis {
        let mut axis = Axis { low, high, log: wish.log, ticks: Vec::new() };
        if wish.log {
            axis.ticks = ticks::logarithmic(low, high, most);
        } else {
            let step = step_for(low, high, most);
            if !fixed {
                // An axis that nearly reaches a tick goes on to it.
                let near = if wish.round { 1.0 } else { 0.1 };
                let (under, over) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
                if low / step - under <= near {
                    axis.low = under * step;
                }
                if over - high / step <= near {
                    axis.high = over * step;
                }
            }
            axis.ticks = ticks::linear(axis.low, axis.high, step);
        }
        axis
    }

    fn labels_fit(&self, length: f64, size: f64) -> bool {
        let mut free_from = f64::NEG_INFINITY;
        for tick in &self.ticks {
            let Some(label) = &tick.label else { continue };
            let half = font::width(label, size) / 2.0;
            let Some(part) = self.place(tick.value) else {
                continue;
            };
            let middle = part * length;
            if middle - half < free_from {
                return false;
            }
            free_from = middle + half + size * 1.2;
        }
        true
    }

    /// Where `value` stands, 0 at the beginning of the axis and 1 at its end;
    /// beyond for values outside. None for what has no place.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        // A rounded axis may end a little beyond the largest number.
        if !(value.abs() <= LARGEST * 8.0 && (!self.log || value >= SMALLEST / 8.0)) {
            return None;
        }
        let part = if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        // Beyond this a line is the same line, and pixels stay countable.
        Some(part.clamp(-1e4, 1e4))
    }

    /// The inverse of `place`.
    pub(super) fn value(&self, part: f64) -> f64 {
        if self.log {
            (self.low.ln() + part * (self.high.ln() - self.low.ln())).exp()
        } else {
            self.low + part * (self.high - self.low)
        }
    }
}

fn showable(value: f64, log: bool) -> bool {
    value.abs() <= LARGEST && (!log || value >= SMALLEST)
}

/// A range that is wide enough to be divided.
fn widened(low: f64, high: f64, log: bool) -> (f64, f64) {
    if log {
        if high / low > 1.001 {
            return (low, high);
        }
        return ((low / 3.0).max(SMALLEST / 10.0), high * 3.0);
    }
    let size = low.abs().max(high.abs());
    if high - low > size * 1e-9 && high - low > SMALLEST {
        return (low, high);
    }
    let room = if size > SMALLEST { size * 0.1 } else { 1.0 };
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, log: bool) -> Vec<String> {
        let wish = Wish { log, ..Wish::default() };
        let axis = Axis::over([low, high].into_iter(), wish, Room::Down(6));
        axis.ticks.into_iter().filter_map(|tick| tick.label).collect()
    }

    #[test]
    fn thousands_are_set_apart_and_never_have_decimals() {
        assert_eq!(
            labels(0.0, 50_000.0, false),
            [
                "0",
                "10\u{202f}000",
                "20\u{202f}000",
                "30\u{202f}000",
                "40\u{202f}000",
                "50\u{202f}000"
            ]
        );
    }

    #[test]
    fn a_logarithmic_axis_names_its_decades() {
        assert_eq!(labels(1.0, 1e4, true), ["1", "10", "100", "1\u{202f}000", "10\u{202f}000"]);
        assert_eq!(labels(0.01, 1.0, true), ["0.01", "0.1", "1"]);
        assert_eq!(labels(1e-300, 1e300, true)[0], "10⁻²⁰⁰");
        assert_eq!(labels(1e-6, 1e-4, true), ["10⁻⁶", "10⁻⁵", "10⁻⁴"]);
    }

    #[test]
    fn a_narrow_logarithmic_axis_still_says_numbers() {
        assert_eq!(labels(0.001, 0.01, true), ["0.001", "0.002", "0.005", "0.01"]);
        assert_eq!(labels(1.0, 8.0, true), ["1", "2", "5"]);
        assert!(labels(3.1, 3.9, true).len() >= 2);
    }

    #[test]
    fn small_steps_keep_just_their_decimals() {
        assert_eq!(labels(-0.5, 0.5, false), ["\u{2212}0.4", "\u{2212}0.2", "0", "0.2", "0.4"]);
    }

    #[test]
    fn no_range_is_too_absurd() {
        for (low, high) in [
            (1e-300, 1e300),
            (-1e300, 1e300),
            (5e-324, 5e-324),
            (f64::NAN, f64::INFINITY),
            (1.0, 1.0 + f64::EPSILON),
            (-1e300, -1e300),
        ] {
            for log in [false, true] {
                let wish = Wish { log, ..Wish::default() };
                let axis = Axis::over([low, high].into_iter(), wish, Room::Across(600.0, 12.0));
                assert!(axis.low < axis.high, "{low} {high} {log}");
                assert!(axis.ticks.len() < 100);
                for end in [axis.low, axis.high] {
                    assert!(axis.place(end).is_some_and(|part| part.abs() < 1.001));
                }
                assert_eq!(axis.place(f64::NAN), None);
            }
        }
    }
}
