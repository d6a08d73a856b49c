//! Makes the book: `target/book`, with an edition for each language.
//!
//! Run: cargo run --release -p book
//! Or, to draw the drawings of the pages anew: cargo run --release -p book -- drawings
//!
//! mdBook runs it as well, as the preprocessor that `book.toml` names.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Command;

use book::drawings;
use book::edition;
use book::language::{LANGUAGES, Language};
use common::look::{SCRIPTS, STYLE};
use common::{Error, Result, files};

/// The version that the pages are checked with.
const MDBOOK: &str = "0.5.4";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => build(),
        ["drawings"] => draw(),
        ["preprocess"] => preprocess(),
        ["preprocess", "supports", renderer] => {
            std::process::exit(i32::from(renderer != "html"));
        }
        _ => {
            eprintln!(
                "Error: run it without arguments to build the book in target/book, or with \
                 `drawings` to draw docs/pictures/drawings"
            );
            std::process::exit(2);
        }
    }
}

/// Reads mdBook's book as JSON and writes it back, converted.
fn preprocess() -> Result {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let book = edition::convert(&input).map_err(Error::new)?;
    Ok(io::stdout().write_all(book.to_string().as_bytes())?)
}

/// Writes all drawings, in both languages.
fn draw() -> Result {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/drawings");
    for (name, svg) in drawings::all() {
        files::write(&folder.join(name), |file| Ok(file.write_all(svg.as_bytes())?))?;
    }
    match drawings::faults()[..] {
        [] => Ok(()),
        ref faults => Err(Error::new(faults.join("\n"))),
    }
}

/// Builds both editions, the pictures and scripts that they share, and the first page.
fn build() -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (docs, out) = (root.join("docs"), root.join("target/book"));
    let missing = |error: io::Error| {
        Error::new(format!(
            "mdbook does not start ({error}); install it with `cargo install mdbook \
             --version {MDBOOK} --locked --no-default-features --features search`"
        ))
    };
    // This program is the preprocessor: to have cargo start it again, within cargo, would
    // compile much of it anew.
    let preprocessor = format!("\"{}\" preprocess", env::current_exe()?.display());
    for Language { folder, .. } in &LANGUAGES {
        let mut command = Command::new("mdbook");
        command.env("MDBOOK_PREPROCESSOR__BOOK__COMMAND", &preprocessor);
        let status = command.arg("build").arg(docs.join(folder)).status().map_err(missing)?;
        if !status.success() {
            return Err(Error::new(format!("mdbook build docs/{folder} failed")));
        }
    }
    copy(&docs.join("pictures"), &out.join("pictures"))?;
    let write = |name: &str, text: &str| {
        files::write(&out.join(name), |file| Ok(file.write_all(text.as_bytes())?))
    };
    for (name, text) in SCRIPTS.iter().chain([&STYLE]) {
        write(&format!("live/{name}"), text)?;
    }
    write("index.html", FIRST_PAGE)?;
    println!("{}", out.canonicalize().unwrap_or(out).join("index.html").display());
    Ok(())
}

/// Redirects a browser to the edition in its language.
const FIRST_PAGE: &str = "<!doctype html>
<meta charset=\"utf-8\">
<title>Deep learning from scratch, in Rust</title>
<script>
location.replace(navigator.language.startsWith('ja') ? 'ja/index.html' : 'en/index.html');
</script>
<p><a href=\"en/index.html\">English</a> <a href=\"ja/index.html\" lang=\"ja\">日本語</a></p>
";

fn copy(from: &Path, to: &Path) -> Result {
    let at = |error: io::Error| files::io_error(from, &error);
    fs::create_dir_all(to).map_err(at)?;
    for entry in fs::read_dir(from).map_err(at)? {
        let from = entry.map_err(at)?.path();
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(|error| files::io_error(&from, &error))?;
        }
    }
    Ok(())
}
