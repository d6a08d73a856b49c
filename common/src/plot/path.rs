//! Points on their way to the paper: gaps, thinning, clipping, dashes.

use super::scene::Point;

/// The rectangle that a chart's curves stay in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn holds(&self, (x, y): Point) -> bool {
        const SLACK: f64 = 0.5;
        x >= self.left - SLACK
            && x <= self.right + SLACK
            && y >= self.top - SLACK
            && y <= self.bottom + SLACK
    }
}

/// Splits at the gaps.
pub(super) fn runs(points: impl Iterator<Item = Option<Point>>) -> Vec<Vec<Point>> {
    let mut runs = vec![Vec::new()];
    for point in points {
        match point {
            Some(point) => {
                if let Some(run) = runs.last_mut() {
                    run.push(point);
                }
            }
            None if runs.last().is_some_and(|run| !run.is_empty()) => runs.push(Vec::new()),
            None => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// At most the first, lowest, highest and last of neighbouring points within
/// `column` pixels: the drawn line stays the same, the file stays small.
pub(super) fn thin(points: &[Point], column: f64) -> Vec<Point> {
    let mut kept = Vec::new();
    let same = |a: &Point, b: &Point| (a.0 / column).floor() == (b.0 / column).floor();
    for group in points.chunk_by(same) {
        if group.len() <= 2 {
            kept.extend_from_slice(group);
            continue;
        }
        let by_height = |&a: &usize, &b: &usize| group[a].1.total_cmp(&group[b].1);
        let low = (0..group.len()).min_by(by_height).unwrap_or(0);
        let high = (0..group.len()).max_by(by_height).unwrap_or(0);
        kept.push(group[low.min(high)]);
        if low != high {
            kept.push(group[low.max(high)]);
        }
    }
    // Both ends of the curve are always there.
    if let (Some(&first), Some(&last)) = (points.first(), points.last()) {
        if kept.first() != Some(&first) {
            kept.insert(0, first);
        }
        if kept.last() != Some(&last) {
            kept.push(last);
        }
    }
    kept
}

/// The parts of a line inside `frame`.
pub(super) fn clip(line: &[Point], frame: &Frame) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], frame) else {
            continue;
        };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// Liang and Barsky, 1984: how far along the segment each side cuts it.
fn clip_segment(a: Point, b: Point, frame: &Frame) -> Option<(Point, Point)> {
    if frame.holds(a) && frame.holds(b) {
        return Some((a, b));
    }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (step, room) in [
        (-dx, a.0 - frame.left),
        (dx, frame.right - a.0),
        (-dy, a.1 - frame.top),
        (dy, frame.bottom - a.1),
    ] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enter = enter.max(room / step);
        } else {
            leave = leave.min(room / step);
        }
    }
    if enter >= leave {
        return None;
    }
    let at = |part: f64| (a.0 + part * dx, a.1 + part * dy);
    let from = if enter > 0.0 { at(enter) } else { a };
    let to = if leave < 1.0 { at(leave) } else { b };
    Some((from, to))
}

/// Cuts a line into dashes.
pub(super) fn dashes(line: &[Point], dash: f64, gap: f64) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let mut left = dash;
    let mut inked = true;
    for pair in line.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        let at = |done: f64| {
            let part = done / length;
            (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1))
        };
        while done < length {
            let next = (done + left).min(length);
            if inked {
                match parts.last_mut() {
                    Some(part) if done == 0.0 && part.last() == Some(&from) => part.push(at(next)),
                    _ => parts.push(vec![at(done), at(next)]),
                }
            }
            left -= next - done;
            done = next;
            if left <= 1e-9 {
                inked = !inked;
                left = if inked { dash } else { gap };
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_parts() {
        let parts = clip(&[(5.0, 5.0), (15.0, 5.0), (15.0, 8.0), (5.0, 8.0)], &FRAME);
        assert_eq!(parts, [vec![(5.0, 5.0), (10.0, 5.0)], vec![(10.0, 8.0), (5.0, 8.0)]]);
    }

    #[test]
    fn a_line_outside_vanishes() {
        assert!(clip(&[(-5.0, -5.0), (-1.0, 30.0)], &FRAME).is_empty());
    }

    #[test]
    fn thinning_keeps_both_ends_and_every_peak() {
        let mut points: Vec<Point> = (0..10_000).map(|k| (f64::from(k) / 1000.0, 5.0)).collect();
        points[4321].1 = 1.0;
        points[6789].1 = 9.0;
        let kept = thin(&points, 1.0);
        assert!(kept.len() <= 22, "{}", kept.len());
        for index in [0, 4321, 6789, 9999] {
            assert!(kept.contains(&points[index]));
        }
    }

    #[test]
    fn dashes_and_gaps_follow_one_another_round_corners() {
        let parts = dashes(&[(0.0, 0.0), (4.0, 0.0), (4.0, 6.0)], 6.0, 2.0);
        assert_eq!(parts, [vec![(0.0, 0.0), (4.0, 0.0), (4.0, 2.0)], vec![(4.0, 4.0), (4.0, 6.0)]]);
    }
}
