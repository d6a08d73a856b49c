//! Iris: 150 flowers of three species, four lengths each.

use std::io::Read;
use std::path::Path;

use common::{Error, Real, Result, excerpt, files};
use csv::ErrorKind;
use ndarray::{Array1, Array2};

use crate::one_hot;

/// The three species, in the order of their labels.
pub const SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];
/// The four lengths, in the order of their columns.
pub const LENGTHS: [&str; 4] = ["sepal_length", "sepal_width", "petal_length", "petal_width"];

const BUILT_IN: &str = include_str!("../iris.csv");
/// The longest table in bytes; 150 flowers are 4 kB.
const MAX_BYTES: u64 = 1 << 24;
/// Petals and sepals are shorter, in centimetres.
const LONGEST: f64 = 1_000.0;
const CURE: &str = "mend that line, or leave the file out to use the built-in copy";

/// Flowers and what they are.
#[derive(Clone, Debug)]
pub struct Iris<F> {
    /// The four lengths in centimetres, `(N, 4)`.
    pub x: Array2<F>,
    /// Species as one-hot rows, `(N, 3)`.
    pub t: Array2<F>,
    /// Species, 0 to 2, `(N,)`.
    pub labels: Array1<usize>,
    /// What the labels stand for.
    pub names: [&'static str; 3],
}

/// The 150 flowers of Fisher's paper, or those of a CSV file with the same
/// columns in any order.
///
/// Fails if the file cannot be read, lacks a column, or holds something that is not a length or a
/// species; the line is named.
///
/// Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", 1936.
pub fn iris<F: Real>(path: Option<&Path>) -> Result<Iris<F>> {
    let Some(path) = path else {
        return Ok(parse(BUILT_IN.as_bytes()).expect("the built-in copy is whole"));
    };
    let refused = |error| files::io_error(path, &error);
    let file = files::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    if length > MAX_BYTES {
        let fault = format!("is {length} bytes long, too long for a table of flowers");
        return Err(Error::at(path, format!("{fault}; give one of at most {MAX_BYTES} bytes")));
    }
    parse(file).map_err(|fault| Error::at(path, format!("{fault}; {CURE}")))
}

/// Fails with what is wrong, and on which line.
fn parse<F: Real>(source: impl Read) -> std::result::Result<Iris<F>, String> {
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
    let header = table.headers().map_err(describe)?;
    if header.is_empty() {
        return Err("is empty".to_owned());
    }
    let column = |name: &str| {
        header.iter().position(|field| field == name).ok_or_else(|| {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            format!("line 1: has no column {name} (it has: {})", excerpt(&found))
        })
    };
    let lengths = LENGTHS.map(|name| Ok((name, column(name)?)));
    let lengths = lengths.into_iter().collect::<std::result::Result<Vec<_>, String>>()?;
    let species = column("species")?;

    let (mut x, mut labels) = (Vec::new(), Vec::new());
    for row in table.records() {
        let row = row.map_err(describe)?;
        let line = row.position().map_or(0, |position| position.line());
        for &(name, column) in &lengths {
            let length = row[column].parse().ok().filter(|&v| v > 0.0 && v <= LONGEST);
            let length = length.ok_or_else(|| {
                let found = excerpt(&row[column]);
                format!("line {line}: {name} is {found:?}, not a length in centimetres")
            })?;
            x.push(F::of(length));
        }
        let label = SPECIES.iter().position(|&name| name == &row[species]);
        labels.push(label.ok_or_else(|| {
            let (found, known) = (excerpt(&row[species]), SPECIES.join(", "));
            format!("line {line}: the species {found:?} is none of {known}")
        })?);
    }
    if labels.is_empty() {
        return Err("holds no flowers".to_owned());
    }
    let x = Array2::from_shape_vec((labels.len(), 4), x).expect("four lengths a flower");
    let labels = Array1::from(labels);
    Ok(Iris { x, t: one_hot(&labels, 3), labels, names: SPECIES })
}

fn describe(error: csv::Error) -> String {
    let line = error.position().map_or(1, |position| position.line());
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line}: has {len} fields where the header has {expected_len}")
        }
        ErrorKind::Utf8 { .. } => format!("line {line}: is not UTF-8 text"),
        ErrorKind::Io(error) => format!("cannot be read ({error})"),
        _ => format!("line {line}: {error}"),
    }
}
