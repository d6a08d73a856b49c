//! Puts what `tests/gpu/measure.sh` has measured on a GPU into the pages: the figures and charts
//! of pages 06 and 07 in both languages, and the tables of `docs/speed.md`.
//!
//!     cargo run --release -p referee --example gpu_figures -- gpu.json

use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use common::{Result, files};
use referee::gpu_pages::renewed;
use referee::gpu_run::GpuRun;

/// Puts what was measured on a GPU into the pages.
#[derive(Parser)]
struct Args {
    /// The gpu.json that tests/gpu/measure.sh has left
    file: PathBuf,

    /// Write below this folder and leave the pages alone; from a software adapter too
    #[arg(long = "try", value_name = "FOLDER")]
    try_folder: Option<PathBuf>,
}

fn main() -> Result {
    let args = Args::parse();
    let run = GpuRun::read(&args.file)?;
    if args.try_folder.is_none() {
        run.check_publishable()?;
    }
    let docs = referee::root().join("docs");
    let out = args.try_folder.unwrap_or_else(|| docs.clone());
    for (path, text) in renewed(&run, &docs)? {
        let path = out.join(path);
        files::write(&path, |file| Ok(file.write_all(text.as_bytes())?))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
