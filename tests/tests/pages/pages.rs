//! The pages in `docs/` and the code they show are the same.
//!
//! A code block follows a marker that names its source:
//!
//! ```text
//! <!-- chapters/01-perceptron/src/lib.rs#forward -->      an item, with its comments
//! <!-- chapters/01-perceptron/src/main.rs#== Train == -->  a section of main
//! <!-- chapters/01-perceptron/Cargo.toml -->               a whole file
//! ```
//!
//! What a run printed, and the numbers that the text quotes of it, are those in `docs/runs`.
//!
//! `UPDATE_DOCS=1 cargo test --release -p referee --test pages` rewrites all of it.

use std::fs;
use std::path::{Path, PathBuf};

use referee::pages::{all_pages, marker};
use referee::root;
use tour::markdown::renew;
use tour::numbers::Numbers;

/// What the source says at that place.
fn source(file: &str, item: Option<&str>) -> Result<String, String> {
    let text = fs::read_to_string(root().join(file)).map_err(|error| format!("{file}: {error}"))?;
    let lines: Vec<&str> = text.lines().collect();
    let (from, to) = match item {
        None => (0, lines.len()),
        Some(item) if item.starts_with("==") => {
            section(&lines, item).ok_or(format!("{file} has no section `// {item}`"))?
        }
        Some(item) => find_item(&lines, item).ok_or(format!("{file} has no item `{item}`"))?,
    };
    Ok(dedent(&lines[from..to]))
}

/// From a line `// == Train ==` to the next such line or the end of the function.
fn section(lines: &[&str], title: &str) -> Option<(usize, usize)> {
    let heading = |line: &str| line.trim_start().starts_with("// ==");
    let from = lines.iter().position(|line| line.trim() == format!("// {title}"))?;
    let rest = &lines[from + 1..];
    let length = rest.iter().position(|line| heading(line) || *line == "}").unwrap_or(rest.len());
    Some((from, from + 1 + length))
}

/// A function, struct, enum, constant or type with its comments and attributes.
/// The source is as rustfmt leaves it, so an item ends at the first line that
/// closes it at its own depth.
fn find_item(lines: &[&str], name: &str) -> Option<(usize, usize)> {
    const KINDS: [&str; 8] =
        ["fn ", "unsafe fn ", "struct ", "enum ", "const ", "static ", "type ", "trait "];
    let declares = |line: &str| {
        let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        KINDS.iter().any(|kind| {
            line.strip_prefix(kind).is_some_and(|rest| {
                rest.strip_prefix(name).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
        })
    };
    let at = lines.iter().position(|line| declares(line))?;
    let comment =
        |line: &str| line.trim_start().starts_with("//") || line.trim_start().starts_with("#[");
    let from = (0..at).rev().take_while(|&i| comment(lines[i])).last().unwrap_or(at);
    let depth = lines[at].len() - lines[at].trim_start().len();
    let indent = &lines[at][..depth];
    let ends = |line: &str| {
        ["}", "};", ");", "];", "\";"].iter().any(|end| line == format!("{indent}{end}"))
    };
    let code = lines[at].split(" //").next().unwrap_or_default();
    let one_line = code.ends_with(';') || code.ends_with('}');
    let to = if one_line { at } else { (at..lines.len()).find(|&i| ends(lines[i]))? };
    Some((from, to + 1))
}

fn dedent(lines: &[&str]) -> String {
    let depth = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|l| !l.trim().is_empty()).map(depth).min().unwrap_or(0);
    let text: Vec<&str> = lines.iter().map(|line| line.get(least..).unwrap_or("")).collect();
    text.join("\n").trim().to_owned()
}

/// The page with every marked block as the source has it, and what was wrong.
fn renewed(page: &Path) -> (String, Vec<String>) {
    let text = fs::read_to_string(page).unwrap();
    let (mut out, mut faults) = (Vec::<String>::new(), Vec::new());
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        out.push(line.to_owned());
        let Some((file, item)) = marker(line) else { continue };
        let place = format!("{}:{}", page.display(), number + 1);
        let fence = match lines.next() {
            Some((_, fence)) if fence.starts_with("```") => fence,
            _ => {
                faults.push(format!("{place}: a code block must follow the marker"));
                continue;
            }
        };
        let mut shown = Vec::new();
        for (_, line) in lines.by_ref() {
            if line.starts_with("```") {
                break;
            }
            shown.push(line);
        }
        out.push(fence.to_owned());
        match source(file, item) {
            Ok(code) => {
                if code != shown.join("\n") {
                    faults.push(format!("{place}: the block is not what {file} says"));
                }
                out.push(code);
            }
            Err(fault) => {
                faults.push(format!("{place}: {fault}"));
                out.extend(shown.iter().map(|line| line.to_string()));
            }
        }
        out.push("```".to_owned());
    }
    (out.join("\n") + "\n", faults)
}

#[test]
fn every_code_block_output_and_number_is_what_the_source_says() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut faults = Vec::new();
    let numbers = Numbers::read(&root().join("docs")).unwrap();
    for page in all_pages() {
        let (text, mut page_faults) = renewed(&page);
        let text = match renew(&text, &numbers) {
            Ok(new) => {
                if new != text {
                    let at = page.display();
                    page_faults
                        .push(format!("{at}: an output or number is not what docs/runs has"));
                }
                new
            }
            Err(fault) => {
                page_faults.push(format!("{}: {fault}", page.display()));
                text
            }
        };
        // Untouched where nothing changed: the other tests read at the same time.
        if update && !page_faults.is_empty() {
            fs::write(&page, text).unwrap();
        }
        faults.extend(page_faults);
    }
    if update {
        faults.retain(|fault| !fault.contains("is not what"));
    }
    assert!(faults.is_empty(), "{}\nUPDATE_DOCS=1 rewrites the blocks", faults.join("\n"));
}

#[test]
fn every_rust_block_has_a_marker_or_says_that_it_is_a_sketch() {
    for page in all_pages() {
        let text = fs::read_to_string(&page).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            // ```rust,sketch is for a line or two that stand in no file.
            if *line == "```rust" {
                assert!(
                    i > 0 && marker(lines[i - 1]).is_some(),
                    "{}:{}: a Rust block without the marker that keeps it true",
                    page.display(),
                    i + 1
                );
            }
        }
    }
}

#[test]
fn every_chapter_has_a_page_and_every_page_a_place() {
    let stems = |folder: &Path| -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        let stem = |p: PathBuf| p.file_stem().unwrap().to_string_lossy().into_owned();
        names.map(stem).filter(|s| s.starts_with(|c: char| c.is_ascii_digit())).collect()
    };
    let pages = stems(&root().join("docs/en"));
    for chapter in stems(&root().join("chapters")) {
        assert!(pages.contains(&chapter), "docs/en/{chapter}.md is missing");
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for page in pages {
        assert!(readme.contains(&format!("docs/en/{page}.md")), "README.md does not list {page}");
    }
}

#[test]
fn the_search_for_items_finds_what_a_reader_would() {
    let code = [
        "/// Adds.",
        "pub fn add(",
        "    a: u8,",
        ") -> u8 {",
        "    if a {",
        "    }",
        "}",
        "",
        "const N: u8 = 1; // one",
    ];
    assert_eq!(find_item(&code, "add"), Some((0, 7)));
    assert_eq!(find_item(&code, "N"), Some((8, 9)));
    assert_eq!(find_item(&code, "ad"), None);
    let lesson =
        ["fn main() {", "    // == Load ==", "    a();", "", "    // == Train ==", "    b();", "}"];
    assert_eq!(section(&lesson, "== Load =="), Some((1, 4)));
    assert_eq!(section(&lesson, "== Train =="), Some((4, 6)));
    assert_eq!(dedent(&lesson[4..6]), "// == Train ==\nb();");
}
