//! The book in one language.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::links::{From, SHARED};
use crate::page;

/// A language that the pages are written in.
pub struct Language {
    /// Its folder below `docs`, and its code.
    pub folder: &'static str,
    /// Its name, in that language.
    pub name: &'static str,
    /// What stands above the pages that both languages share.
    shared: &'static str,
    /// The titles of [`SHARED`] in the table of contents.
    titles: [&'static str; 3],
}

/// Every edition.
pub const LANGUAGES: [Language; 2] = [
    Language {
        folder: "en",
        name: "English",
        shared: "Measured",
        titles: ["The ledger", "What it costs", "What others made"],
    },
    Language {
        folder: "ja",
        name: "日本語",
        shared: "測定の記録（英語）",
        titles: ["台帳", "計算時間", "第三者の著作物"],
    },
];

fn own(folder: &Path) -> &'static Language {
    let is = |language: &&Language| folder.ends_with(language.folder);
    LANGUAGES.iter().find(is).unwrap_or(&LANGUAGES[0])
}

/// The language that `folder` is not of.
pub fn other(folder: &Path) -> &'static Language {
    let own = own(folder).folder;
    LANGUAGES.iter().find(|language| language.folder != own).unwrap_or(&LANGUAGES[1])
}

/// What mdBook hands over, `[context, book]`, and gets back: the book with
/// every page finished, and the shared pages at its end.
///
/// # Errors
/// A sentence that names the page at fault, or says that this is not mdBook's
/// way to speak.
pub fn finish(input: &str) -> Result<Value, String> {
    const FOREIGN: &str = "this is not what mdBook 0.5 sends";
    let mut input: Value = serde_json::from_str(input).map_err(|e| format!("{FOREIGN}: {e}"))?;
    let folder = input[0]["root"].as_str().ok_or(FOREIGN)?;
    let folder = fs::canonicalize(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut book = input[1].take();
    let items = book["items"].as_array_mut().ok_or(FOREIGN)?;
    for item in items.iter_mut() {
        finish_item(item, &folder)?;
    }
    items.push(json!({ "PartTitle": own(&folder).shared }));
    for (name, title) in SHARED.iter().zip(own(&folder).titles) {
        items.push(shared(name, title, &folder)?);
    }
    Ok(book)
}

fn finish_item(item: &mut Value, folder: &Path) -> Result<(), String> {
    let Some(chapter) = item.get_mut("Chapter") else { return Ok(()) };
    // `path` is README.md as index.md; `source_path` is the file.
    let name = chapter["source_path"].as_str().unwrap_or_default().to_owned();
    let text = chapter["content"].as_str().unwrap_or_default();
    chapter["content"] = page::finish(text, &name, From::Language, folder)?.into();
    for item in chapter["sub_items"].as_array_mut().into_iter().flatten() {
        finish_item(item, folder)?;
    }
    Ok(())
}

fn shared(name: &str, title: &str, folder: &Path) -> Result<Value, String> {
    let path: PathBuf = folder.join("..").join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(json!({ "Chapter": {
        "name": title,
        "content": page::finish(&text, name, From::Shared, folder)?,
        "number": null,
        "sub_items": [],
        "path": name,
        "source_path": null,
        "parent_names": [],
    }}))
}
