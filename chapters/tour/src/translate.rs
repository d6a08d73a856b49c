//! Charts in another language: the words of an SVG file, replaced by those of a table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use common::{Error, files};
use regex::{Captures, Regex};

/// Words of charts, in English and in the language of the folder that they stand in. A `#`
/// stands for a number, in the same order in both.
pub type Words = BTreeMap<String, String>;

/// What ends the name of a chart in Japanese; that of its English original ends in `.svg`.
pub const JAPANESE: &str = ".ja.svg";
/// The table of words, below `docs`.
const TABLE: &str = "ja/charts.toml";

/// The table of words in `docs`.
/// Fails if it is not there or not in its form.
pub fn words(docs: &Path) -> common::Result<Words> {
    let path = docs.join(TABLE);
    let text = fs::read_to_string(&path).map_err(|error| files::io_error(&path, &error))?;
    toml::from_str(&text).map_err(|fault| Error::at(&path, fault.to_string()))
}

/// `svg` with the words of its texts and its title in Japanese. A text without letters stays.
/// Fails with a sentence that lists the texts that the table lacks.
pub fn translate(svg: &str, words: &Words) -> Result<String, String> {
    static TEXT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(<(?:text|title)[^>]*>\\s*)([^<]*?)(\\s*</(?:text|title)>)").expect("tested")
    });
    let mut missing = Vec::new();
    let new = TEXT.replace_all(svg, |groups: &Captures| {
        let text = groups[2].replace("&apos;", "'");
        let translated = if text.chars().any(char::is_alphabetic) {
            in_table(&text, words).unwrap_or_else(|| {
                missing.push(format!("{text:?}"));
                text
            })
        } else {
            text
        };
        format!("{}{translated}{}", &groups[1], &groups[3])
    });
    missing.dedup();
    match missing.is_empty() {
        true => Ok(new.into_owned()),
        false => Err(format!("docs/{TABLE} lacks {}", missing.join(", "))),
    }
}

/// The words for `text`: as it stands in the table, or with its numbers as `#`.
fn in_table(text: &str, words: &Words) -> Option<String> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("\\b[0-9](?:[0-9.,]*[0-9])?").expect("tested"));
    if let Some(translated) = words.get(text) {
        return Some(translated.clone());
    }
    let mut numbers = NUMBER.find_iter(text).map(|found| found.as_str());
    let pattern = words.get(&*NUMBER.replace_all(text, "#"))?;
    let parts: Vec<&str> = pattern.split('#').collect();
    let mut translated = parts[0].to_owned();
    for part in &parts[1..] {
        translated += numbers.next()?;
        translated += part;
    }
    Some(translated)
}
