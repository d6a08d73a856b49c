//! What the screen shows: one table for a course, one for a sweep.

use common::program::thousands;

use crate::courses::Axis;
use crate::row::Row;
use crate::shape::{Pass, Shape};

/// The rungs of one course, one a line. `~` stands before a time that was
/// projected, and below it is said from how many images.
pub fn ladder(shape: &Shape, rows: &[Row]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let article = rows.iter().any(|row| row.article_factor.is_some());
    let mut text = match first.pass {
        Pass::Forward => format!("forward: {shape}\n"),
        Pass::Backward => format!("backward, dx and dw: {shape}\n"),
        Pass::Step => format!("a training step around it: {shape}\n"),
        Pass::Article => format!("a training step of the article's network: {shape}\n"),
    };
    let head = ["rung", "ms", "half of all runs", "GFLOP/s", "product", "faster", "differs"];
    let article = if article { "than article" } else { "" };
    text += &line(head, article);
    for row in rows {
        let half = format!("{} to {}", digits(row.ms_low), digits(row.ms_high));
        let differs = match row.difference {
            0.0 => "0".to_owned(),
            difference => format!("{difference:.0e}"),
        };
        let cells = [
            &title(row),
            &ms(row),
            &half,
            &digits(row.gflops),
            &format!("{:.1} %", row.share),
            &format!("{} x", digits(row.speedup)),
            &differs,
        ];
        let article = row.article_factor.map(|factor| format!("{} x", digits(factor)));
        text += &line(cells.map(String::as_str), &article.unwrap_or_default());
    }
    let projected: Vec<String> = rows
        .iter()
        .filter(|row| row.projected)
        .map(|row| format!("{} from {}", row.rung, row.images))
        .collect();
    if !projected.is_empty() {
        text += &format!("~ projected from fewer images: rung {}\n", projected.join(", "));
    }
    text
}

/// The cells of a line below each other.
fn line(cells: [&str; 7], article: &str) -> String {
    let [rung, ms, half, gflops, share, faster, differs] = cells;
    let line = format!(
        "{rung:<30} {ms:>7} {half:>16} {gflops:>7} {share:>7} {faster:>8} {differs:>7} {article:>12}"
    );
    format!("{}\n", line.trim_end())
}

/// The tables of all sweeps of `rows`, a free line after each.
pub fn sweeps(rows: &[Row]) -> String {
    let mut text = String::new();
    for axis in Axis::ALL {
        for pass in [Pass::Forward, Pass::Backward, Pass::Step, Pass::Article] {
            let of = |row: &&Row| row.sweep == Some(axis) && row.pass == pass;
            let found: Vec<&Row> = rows.iter().filter(of).collect();
            if !found.is_empty() {
                text += &format!("{}\n", sweep(axis, pass, &found));
            }
        }
    }
    text
}

/// A sweep: the rungs one a line, its stops one a column.
fn sweep(axis: Axis, pass: Pass, rows: &[&Row]) -> String {
    let mut stops: Vec<usize> = rows.iter().map(|row| stop(axis, row)).collect();
    stops.sort_unstable();
    stops.dedup();
    let mut rungs: Vec<usize> = rows.iter().map(|row| row.rung).collect();
    rungs.sort_unstable();
    rungs.dedup();
    let mut text = format!("{}, milliseconds by {}\n", what(pass), axis.name());
    text += &format!("{:<30}", axis.name());
    for &stop in &stops {
        text += &format!(" {:>7}", thousands(stop));
    }
    text.push('\n');
    for rung in rungs {
        let of_rung = || rows.iter().filter(|row| row.rung == rung);
        text += &format!("{:<30}", of_rung().next().map(|row| title(row)).unwrap_or_default());
        for &at in &stops {
            let cell = of_rung().find(|row| stop(axis, row) == at).map(|row| ms(row));
            text += &format!(" {:>7}", cell.unwrap_or_default());
        }
        text.push('\n');
    }
    if rows.iter().any(|row| row.projected) {
        text += "~ projected from fewer images\n";
    }
    text
}

fn ms(row: &Row) -> String {
    let mark = if row.projected { "~" } else { "" };
    format!("{mark}{}", digits(row.ms))
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

/// A rung's number and title.
pub(crate) fn title(row: &Row) -> String {
    format!("{} {}", row.rung, row.title)
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
