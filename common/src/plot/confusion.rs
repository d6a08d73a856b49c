//! Which class was read as which.

use std::path::Path;

use ndarray::Array2;

use super::file;
use super::font;
use super::ink::{Colour, DARK, GRID, TEXT, WHITE, mix};
use super::numbers::grouped;
use super::raster::Anchor;
use super::scene::Scene;
use crate::{Error, Result};

const MARGIN: f64 = 16.0;
const TITLE_SIZE: f64 = 17.0;
const SIZE: f64 = 13.0;
const NOTE_SIZE: f64 = 12.5;
const MOST_CLASSES: usize = 40;

/// Draws `counts`, `(M, M)` with the truth in rows and the reading in columns,
/// into `stem`.svg and `stem`.png. What was read rightly is blue, by its share
/// of its row; mistakes are red, by their share of the most frequent one. The
/// last column says how much of each class was right.
///
/// # Errors
/// If `counts` are not a square with one name a class, or more than 40
/// classes; or if a file cannot be written. The message names the file.
pub fn confusion(stem: &Path, counts: &Array2<usize>, names: &[&str]) -> Result {
    let path = file::path(stem, "svg");
    if counts.nrows() != counts.ncols() || counts.nrows() != names.len() || names.is_empty() {
        let fault = format!(
            "a confusion matrix has a row, a column and a name for each class, not {} rows, {} \
             columns and {} names",
            counts.nrows(),
            counts.ncols(),
            names.len()
        );
        return Err(Error::at(&path, fault));
    }
    if names.len() > MOST_CLASSES {
        let fault =
            format!("{} classes are more than the {MOST_CLASSES} that can be drawn", names.len());
        return Err(Error::at(&path, fault));
    }
    super::write_both(stem, &scene(counts, names))
}

fn scene(counts: &Array2<usize>, names: &[&str]) -> Scene {
    let classes = names.len();
    let names: Vec<String> = names.iter().map(|name| font::fit(name, SIZE, 110.0)).collect();
    let name_width = names.iter().map(|name| font::width(name, SIZE)).fold(0.0, f64::max);
    let largest = counts.iter().copied().max().unwrap_or(0);
    let count_width = font::width(&whole(largest), SIZE);
    let cell = ((name_width.max(count_width) + 14.0).max(46.0), 32.0);
    let (left, top) = (MARGIN + name_width.max(58.0) + 12.0, 92.0);
    let width = left + classes as f64 * cell.0 + 78.0;
    let height = top + classes as f64 * cell.1 + MARGIN;

    let total: usize = counts.sum();
    let right: usize = counts.diag().sum();
    let title = match total {
        0 => "Nothing was read".to_owned(),
        _ => format!(
            "{} of {} right ({:.2} %)",
            whole(right),
            whole(total),
            100.0 * right as f64 / total as f64
        ),
    };
    let mut scene = Scene {
        width: width.max(360.0).ceil() as usize,
        height: height.ceil() as usize,
        title: title.clone(),
        marks: Vec::new(),
    };
    scene.words(title, (MARGIN, MARGIN + 14.0), TITLE_SIZE, Anchor::Start, DARK);
    let middle = left + classes as f64 * cell.0 / 2.0;
    scene.words("read as", (middle, top - 30.0), NOTE_SIZE, Anchor::Middle, TEXT);
    scene.words("is really", (MARGIN, top - 10.0), NOTE_SIZE, Anchor::Start, TEXT);
    let end = (width - MARGIN, top - 10.0);
    scene.words("right", end, NOTE_SIZE, Anchor::End, TEXT);

    let mistakes = counts.indexed_iter().filter(|((row, column), _)| row != column);
    let most_mistaken = mistakes.map(|(_, &count)| count).max().unwrap_or(0).max(1);
    for row in 0..classes {
        let of_row: usize = counts.row(row).sum();
        let baseline = top + (row as f64 + 0.5) * cell.1 + SIZE * 0.36;
        let at = (left - 10.0, baseline);
        scene.words(names[row].clone(), at, SIZE, Anchor::End, DARK);
        let over = (left + (row as f64 + 0.5) * cell.0, top - 10.0);
        scene.words(names[row].clone(), over, SIZE, Anchor::Middle, DARK);
        for column in 0..classes {
            let count = counts[[row, column]];
            let corner = (left + column as f64 * cell.0, top + row as f64 * cell.1);
            let (colour, share) = match row == column {
                true => (Colour::Blue, count as f64 / of_row.max(1) as f64),
                false => (Colour::Red, 0.75 * count as f64 / most_mistaken as f64),
            };
            let fill = mix(WHITE, colour.ink(), 0.9 * share);
            scene.block(corner, cell, GRID);
            let inner = ((corner.0 + 0.5, corner.1 + 0.5), (cell.0 - 1.0, cell.1 - 1.0));
            scene.block(inner.0, inner.1, fill);
            if count > 0 {
                let ink = if share > 0.5 { WHITE } else { DARK };
                let at = (corner.0 + cell.0 / 2.0, baseline);
                scene.words(whole(count), at, SIZE, Anchor::Middle, ink);
            }
        }
        let share = match of_row {
            0 => "–".to_owned(),
            _ => format!("{:.1} %", 100.0 * counts[[row, row]] as f64 / of_row as f64),
        };
        scene.words(share, (width - MARGIN, baseline), SIZE, Anchor::End, TEXT);
    }
    scene
}

fn whole(count: usize) -> String {
    grouped(&count.to_string())
}
