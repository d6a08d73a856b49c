//! The book in one language.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::language::own_and_other;
use crate::links::{Location, SHARED};
use crate::page;

/// Takes what mdBook sends to a preprocessor, `[context, book]`, and returns the
/// book with every page converted, and the shared pages at its end.
///
/// # Errors
/// A sentence that names the page at fault, or says that the input is not mdBook's.
pub fn convert(input: &str) -> Result<Value, String> {
    const OTHER_INPUT: &str = "this is not what mdBook 0.5 sends";
    let mut input: Value =
        serde_json::from_str(input).map_err(|error| format!("{OTHER_INPUT}: {error}"))?;
    let folder = input[0]["root"].as_str().ok_or(OTHER_INPUT)?;
    let folder = fs::canonicalize(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut book = input[1].take();
    let items = book["items"].as_array_mut().ok_or(OTHER_INPUT)?;
    for item in items.iter_mut() {
        convert_item(item, &folder)?;
    }
    let (language, _) = own_and_other(&folder);
    items.push(json!({ "PartTitle": language.shared_heading }));
    for (name, title) in SHARED.iter().zip(language.shared_titles) {
        items.push(shared_page(name, title, &folder)?);
    }
    Ok(book)
}

fn convert_item(item: &mut Value, folder: &Path) -> Result<(), String> {
    let Some(chapter) = item.get_mut("Chapter") else { return Ok(()) };
    // `path` has README.md as index.md; `source_path` is the file.
    let name = chapter["source_path"].as_str().unwrap_or_default().to_owned();
    let text = chapter["content"].as_str().unwrap_or_default();
    chapter["content"] = page::convert(text, &name, Location { folder, is_shared: false })?.into();
    for item in chapter["sub_items"].as_array_mut().into_iter().flatten() {
        convert_item(item, folder)?;
    }
    Ok(())
}

fn shared_page(name: &str, title: &str, folder: &Path) -> Result<Value, String> {
    let path = folder.join("..").join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(json!({ "Chapter": {
        "name": title,
        "content": page::convert(&text, name, Location { folder, is_shared: true })?,
        "number": null,
        "sub_items": [],
        "path": name,
        "source_path": null,
        "parent_names": [],
    }}))
}
