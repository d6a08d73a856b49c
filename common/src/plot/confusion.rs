//! Which class was read as which.

use std::path::Path;

use ndarray::Array2;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::canvas::{self, MARGIN, SIZE, SMALL, rectangle, write};
use super::font;
use super::output;
use super::palette::{Colour, DARK, GRID, TEXT, pale};
use super::ticks::grouped;
use crate::{Error, Result};

const MOST_CLASSES: usize = 40;

/// Draws `counts`, `(M, M)` with the truth in rows and the prediction in columns, into
/// `stem`.svg and `stem`.png. What is right is blue, by its share of its row; mistakes are
/// red, by their share of the most frequent one. The last column is the accuracy of each class.
/// An error unless `counts` are a square with one name a class, at most 40 classes.
pub fn confusion(stem: &Path, counts: &Array2<usize>, names: &[&str]) -> Result {
    let (rows, columns, classes) = (counts.nrows(), counts.ncols(), names.len());
    if rows != columns || rows != classes || !(1..=MOST_CLASSES).contains(&classes) {
        let fault = format!(
            "a confusion matrix has a row, a column and a name for each of 1 to {MOST_CLASSES} \
             classes, not {rows} rows, {columns} columns and {classes} names"
        );
        return Err(Error::at(&output::path(stem, "svg"), fault));
    }
    let right: usize = counts.diag().sum();
    let title = match counts.sum() {
        0 => "Nothing was read".to_owned(),
        total => {
            let percent = 100.0 * right as f64 / total as f64;
            format!("{} of {} right ({percent:.2} %)", grouped(right), grouped(total))
        }
    };
    let names: Vec<String> = names.iter().map(|name| font::fit(name, SIZE, 150.0)).collect();
    let widest = names.iter().map(|name| font::width(name, SIZE)).fold(0.0, f64::max);
    let largest =
        counts.iter().map(|&count| font::width(&grouped(count), SIZE)).fold(0.0, f64::max);
    let cell = ((widest + 12.0).max(largest + 14.0).max(46.0), 34.0);
    let (left, top) = (MARGIN + widest.max(58.0) + 12.0, 92.0);
    let width = (left + classes as f64 * cell.0 + 78.0).ceil();
    let end = width - MARGIN;
    let middle = left + classes as f64 * cell.0 / 2.0;
    let size = (width.max(360.0), (top + classes as f64 * cell.1 + MARGIN).ceil());
    let svg = canvas::svg(size, &title, |area| {
        write(area, "read as", (middle, top - 30.0), SMALL, HPos::Center, TEXT)?;
        write(area, "is really", (MARGIN, top - 10.0), SMALL, HPos::Left, TEXT)?;
        write(area, "right", (end, top - 10.0), SMALL, HPos::Right, TEXT)?;

        let mistakes = counts.indexed_iter().filter(|((row, column), _)| row != column);
        let most_mistaken = mistakes.map(|(_, &count)| count).max().unwrap_or(0).max(1);
        for ((row, column), &count) in counts.indexed_iter() {
            let (x, y) = (left + column as f64 * cell.0, top + row as f64 * cell.1);
            let (colour, share) = match row == column {
                true => (Colour::Blue, count as f64 / counts.row(row).sum().max(1) as f64),
                false => (Colour::Red, 0.75 * count as f64 / most_mistaken as f64),
            };
            area.draw(&rectangle((x, y), (x + cell.0, y + cell.1), GRID))?;
            let far = (x + cell.0 - 0.5, y + cell.1 - 0.5);
            area.draw(&rectangle((x + 0.5, y + 0.5), far, pale(colour.rgb(), 0.9 * share)))?;
            if count > 0 {
                let ink = if row == column && share > 0.5 { WHITE } else { DARK };
                let place = (x + cell.0 / 2.0, y + cell.1 / 2.0 + SIZE * 0.36);
                write(area, &grouped(count), place, SIZE, HPos::Center, ink)?;
            }
        }
        for (k, name) in names.iter().enumerate() {
            let baseline = top + (k as f64 + 0.5) * cell.1 + SIZE * 0.36;
            let above = (left + (k as f64 + 0.5) * cell.0, top - 10.0);
            write(area, name, (left - 10.0, baseline), SIZE, HPos::Right, DARK)?;
            write(area, name, above, SIZE, HPos::Center, DARK)?;
            let share = match counts.row(k).sum() {
                0 => "–".to_owned(),
                sum => format!("{:.1} %", 100.0 * counts[[k, k]] as f64 / sum as f64),
            };
            write(area, &share, (end, baseline), SIZE, HPos::Right, TEXT)?;
        }
        Ok(())
    });
    output::svg_and_png(stem, svg)
}
