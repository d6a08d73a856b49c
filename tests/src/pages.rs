//! What a page is made of, for the tests that keep pages true.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Every page of the given language, sorted; without the cover (`README.md`)
/// and the table of contents.
pub fn pages(language: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(root().join("docs").join(language)) else { return Vec::new() };
    let mut pages: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    let no_page = |path: &Path| path.ends_with("README.md") || path.ends_with("SUMMARY.md");
    pages.retain(|path| path.extension().is_some_and(|e| e == "md") && !no_page(path));
    pages.sort();
    pages
}

/// The pages of both languages, and the README.
pub fn all_pages() -> Vec<PathBuf> {
    let mut all = pages("en");
    all.extend(pages("ja"));
    all.extend(["README.md", "README.ja.md"].map(|name| root().join(name)));
    all.retain(|path| path.is_file());
    all
}

/// The pages that quote what was measured: all pages, and what a step costs beside others.
pub fn measured_pages() -> Vec<PathBuf> {
    let mut all = all_pages();
    all.push(root().join("docs/speed.md"));
    all
}

/// Every Markdown file that a reader may open.
pub fn all_markdown() -> Vec<PathBuf> {
    let mut all = all_pages();
    for folder in ["docs", "docs/exercises", ".github"] {
        let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        all.extend(files.filter(|path| path.extension().is_some_and(|e| e == "md")));
    }
    for language in ["en", "ja"] {
        all.extend(["README.md", "SUMMARY.md"].map(|n| root().join("docs").join(language).join(n)));
    }
    all.retain(|path| path.is_file());
    all
}

/// The place that a marker line names, if it is one: `(file, item)`.
pub fn marker(line: &str) -> Option<(&str, Option<&str>)> {
    let place = line.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let (file, item) = match place.split_once('#') {
        Some((file, item)) => (file, Some(item)),
        None => (place, None),
    };
    let source = [".rs", ".toml", ".wgsl", ".py"].iter().any(|ending| file.ends_with(ending));
    (source && !file.contains(' ')).then_some((file, item))
}

/// A fenced block: its language (`rust`, `sh`, ...), and its text.
pub struct Block {
    /// What stands behind the opening fence.
    pub language: String,
    /// The lines between the fences.
    pub text: String,
    /// Whether a marker of any kind stands right above it (or a blank line above).
    pub marked: bool,
}

/// A page, taken apart.
pub struct Parts {
    /// Fenced blocks, in order.
    pub blocks: Vec<Block>,
    /// All lines outside of them.
    pub prose: Vec<String>,
}

/// Takes a page apart into blocks and prose.
pub fn parts(text: &str) -> Parts {
    let (mut blocks, mut prose) = (Vec::new(), Vec::<String>::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            prose.push(line.to_owned());
            continue;
        };
        let inside: Vec<&str> =
            lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
        let above = prose.iter().rev().find(|line| !line.trim().is_empty());
        blocks.push(Block {
            language: language.to_owned(),
            text: inside.join("\n"),
            marked: above.is_some_and(|line| line.trim().starts_with("<!-- ")),
        });
    }
    Parts { blocks, prose }
}

/// A line of prose without what stands between backticks.
pub fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The headings of a page, `#` and all.
pub fn headings(text: &str) -> Vec<String> {
    parts(text).prose.into_iter().filter(|line| line.starts_with('#')).collect()
}

/// Targets of Markdown links and pictures, `[text](target)`.
pub fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in text.split("](").skip(1) {
        if let Some((target, _)) = part.split_once(')') {
            found.push(target);
        }
    }
    found
}

/// Text with every Markdown link as its words alone.
pub fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or("");
    let rest = parts.map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
    first.to_owned() + &rest.map(|rest| format!("] {rest}")).collect::<String>()
}

/// GitHub's anchor of a heading.
pub fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
