//! What is wrong with where words stand on a canvas.

use super::canvas::{Canvas, Point, Rect};

/// The smallest words that one can still read.
const SMALLEST: f64 = 11.0;
/// How far from the edge of the drawing words stay.
const EDGE: f64 = 4.0;

/// A sentence for every fault: words that are too small, leave the drawing, overlap other
/// words, or have a line through them.
pub fn faults(canvas: &Canvas) -> Vec<String> {
    let mut faults = Vec::new();
    for (k, words) in canvas.words.iter().enumerate() {
        let (text, place) = (&words.text, words.place);
        if words.size < SMALLEST {
            faults.push(format!("\"{text}\" is too small"));
        }
        // Small letters may reach below the baseline.
        let inside = place.x >= EDGE
            && place.y >= EDGE
            && place.right() <= canvas.width - EDGE
            && place.bottom() + 0.25 * words.size <= canvas.height;
        if !inside {
            faults.push(format!("\"{text}\" leaves the drawing"));
        }
        for other in canvas.words[..k].iter().filter(|other| overlap(place, other.place)) {
            faults.push(format!("\"{text}\" overlaps \"{}\"", other.text));
        }
        if let Some((a, b)) = canvas.lines.iter().find(|(a, b)| goes_through(*a, *b, place)) {
            faults.push(format!("a line from {a:?} to {b:?} goes through \"{text}\""));
        }
    }
    let leaves = |(x, y): Point| x < 0.0 || y < 0.0 || x > canvas.width || y > canvas.height;
    if let Some(line) = canvas.lines.iter().find(|(a, b)| leaves(*a) || leaves(*b)) {
        faults.push(format!("the line {line:?} leaves the drawing"));
    }
    faults
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// Whether the line from `a` to `b` has a part inside `place`.
fn goes_through(a: Point, b: Point, place: Rect) -> bool {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    let spans =
        [(a.0, b.0 - a.0, place.x, place.right()), (a.1, b.1 - a.1, place.y, place.bottom())];
    for (from, step, low, high) in spans {
        if step == 0.0 {
            if from <= low || from >= high {
                return false;
            }
            continue;
        }
        let (one, two) = ((low - from) / step, (high - from) / step);
        start = start.max(one.min(two));
        end = end.min(one.max(two));
    }
    start < end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawings::canvas::{Anchor, DARK, THIN};

    #[test]
    fn every_kind_of_fault_is_found() {
        let faults_of = |draw: fn(&mut Canvas)| {
            let mut canvas = Canvas::new("title", 300.0, 100.0);
            draw(&mut canvas);
            faults(&canvas).join("; ")
        };
        let good = faults_of(|canvas| canvas.text((20.0, 60.0), "good", 14.0, DARK, Anchor::Start));
        assert_eq!(good, "");
        let small = faults_of(|canvas| canvas.text((20.0, 60.0), "a", 10.0, DARK, Anchor::Start));
        assert!(small.contains("too small"), "{small}");
        let out = faults_of(|canvas| canvas.text((290.0, 60.0), "out", 14.0, DARK, Anchor::Start));
        assert!(out.contains("leaves"), "{out}");
        let over = faults_of(|canvas| canvas.text((30.0, 34.0), "over", 14.0, DARK, Anchor::Start));
        assert!(over.contains("overlaps \"title\""), "{over}");
        let crossed = faults_of(|canvas| canvas.line(&[(0.0, 0.0), (60.0, 60.0)], THIN));
        assert!(crossed.contains("goes through \"title\""), "{crossed}");
        let long = faults_of(|canvas| canvas.line(&[(20.0, 60.0), (301.0, 60.0)], THIN));
        assert!(long.contains("leaves"), "{long}");
    }
}
