//! What the screen shows: one table for a course, one for a sweep.

use std::fmt::Write;

use common::report::thousands;

use crate::courses::Axis;
use crate::row::Row;
use crate::rungs::RUNGS;
use crate::shape::{Pass, Shape};

/// The rungs of one course, one a line.
pub fn ladder(shape: &Shape, rows: &[Row]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let article = rows.iter().any(|row| row.article_factor.is_some());
    let mut text = match first.pass {
        Pass::Forward => format!("forward: {shape}\n"),
        Pass::Backward => format!("backward, dx and dw: {shape}\n"),
        Pass::Step => format!("a training step around it: {shape}\n"),
        Pass::Article => format!("a training step of the article's network: {shape}\n"),
    };
    let head = ["rung", "ms", "half of all runs", "GFLOP/s", "of product", "faster", "differs by"];
    let [rung, ms, half, gflops, share, faster, differs] = head;
    let last = if article { "than the article" } else { "" };
    let line = format!(
        "{rung:<30} {ms:>9} {half:>18} {gflops:>8} {share:>10} {faster:>8} {differs:>10}  {last}"
    );
    text += line.trim_end();
    text.push('\n');
    for row in rows {
        let half = format!("{} to {}", digits(row.ms_low), digits(row.ms_high));
        let differs = match row.difference {
            0.0 => "0".to_owned(),
            difference => format!("{difference:.0e}"),
        };
        let times = |factor: f64| format!("{} x", digits(factor));
        let mut last = row.article_factor.map(times).unwrap_or_default();
        if row.projected {
            let s = if row.images == 1 { "" } else { "s" };
            last = format!("{last:<10} projected from {} image{s}", row.images);
        }
        let line = format!(
            "{:<30} {:>9} {half:>18} {:>8} {:>8.1} % {:>8} {differs:>10}  {last}",
            title(row),
            digits(row.ms),
            digits(row.gflops),
            row.share,
            times(row.speedup),
        );
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A sweep: the rungs one a line, its stops one a column. `~` stands before a
/// time that was projected.
pub fn sweep(axis: Axis, pass: Pass, rows: &[&Row]) -> String {
    let mut stops: Vec<usize> = rows.iter().map(|row| stop(axis, row)).collect();
    stops.sort_unstable();
    stops.dedup();
    let mut rungs: Vec<usize> = rows.iter().map(|row| row.rung).collect();
    rungs.sort_unstable();
    rungs.dedup();
    let mut text = format!("{}, ms by {}\n{:<30}", what(pass), axis.name(), axis.name());
    for &stop in &stops {
        let _ = write!(text, " {:>9}", thousands(stop)); // a String takes everything
    }
    text.push('\n');
    for rung in rungs {
        let of_rung = || rows.iter().filter(|row| row.rung == rung);
        let _ = write!(text, "{:<30}", of_rung().next().map(|row| title(row)).unwrap_or_default());
        for &at in &stops {
            let cell = of_rung().find(|row| stop(axis, row) == at).map(|row| {
                let mark = if row.projected { "~" } else { "" };
                format!("{mark}{}", digits(row.ms))
            });
            let _ = write!(text, " {:>9}", cell.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

/// Where a row stands on the axis of its sweep.
pub(crate) fn stop(axis: Axis, row: &Row) -> usize {
    match axis {
        Axis::Batch => row.batch,
        Axis::Filters => row.filters,
        Axis::Kernel => row.kernel,
        Axis::Channels => row.channels,
        Axis::Pixels => row.size * row.size,
        Axis::Threads => row.allowed_threads,
    }
}

/// A pass in words.
pub(crate) fn what(pass: Pass) -> &'static str {
    match pass {
        Pass::Forward => "forward",
        Pass::Backward => "backward",
        Pass::Step => "a training step",
        Pass::Article => "a training step of the article's network",
    }
}

pub(crate) fn title(row: &Row) -> String {
    let title = RUNGS.iter().find(|rung| rung.name == row.name).map_or(row.name, |r| r.title);
    format!("{} {title}", row.rung)
}

/// A positive number with three digits that count.
pub(crate) fn digits(v: f64) -> String {
    match v {
        v if v >= 999.5 => thousands(v.round() as usize),
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v if v >= 0.9995 => format!("{v:.2}"),
        v if v >= 0.09995 => format!("{v:.3}"),
        v => format!("{v:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_three_digits_that_count() {
        let shown = [18282.3, 999.7, 123.4, 12.34, 1.234, 0.1234, 0.01234].map(digits);
        assert_eq!(shown, ["18,282", "1,000", "123", "12.3", "1.23", "0.123", "0.0123"]);
    }
}
