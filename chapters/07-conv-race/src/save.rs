//! Everything that was measured, for other programs.

use std::path::Path;

use common::{Float, Result, files};
use serde::Serialize;

use crate::rate::Rates;
use crate::row::Row;

/// All rows as `.csv`, a header first.
///
/// # Errors
/// If the file cannot be written.
pub fn save_csv(path: &Path, rows: &[Row]) -> Result {
    files::write(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        for row in rows {
            table.serialize(row)?;
        }
        table.flush().map_err(|error| files::io_error(path, &error))
    })
}

/// A rate as `.json` has it.
#[derive(Serialize)]
struct Rate {
    threads: usize,
    gflops: f64,
}

/// All rows as `.json`, with what they were measured on.
#[derive(Serialize)]
struct Everything<'a> {
    number: &'a str,
    product_rates: Vec<Rate>,
    rows: &'a [Row],
}

/// All rows and the machine's rates as `.json`.
///
/// # Errors
/// If the file cannot be written.
pub fn save_json(path: &Path, rates: &Rates, rows: &[Row]) -> Result {
    let product_rates = rates.all().map(|(threads, gflops)| Rate { threads, gflops }).collect();
    let number = std::any::type_name::<Float>();
    files::write(path, |file| {
        Ok(serde_json::to_writer_pretty(file, &Everything { number, product_rates, rows })?)
    })
}
