//! Links and pictures of a page, as the book needs them.

use std::path::Path;

/// Pages beside the languages' folders, which are in both editions.
pub const SHARED: [&str; 3] = ["ledger.md", "speed.md", "third-party.md"];

/// Where a page is in the repository.
#[derive(Clone, Copy, PartialEq)]
pub enum Location {
    /// In `docs/en` or `docs/ja`.
    Language,
    /// In `docs`: a page of both editions.
    Shared,
}

/// The page with its links and pictures rewritten. `folder` is the language's
/// own.
///
/// # Errors
/// A link to something that is not in the book.
pub fn rewrite(page: &str, location: Location, folder: &Path) -> Result<String, String> {
    let mut out = String::with_capacity(page.len());
    let mut in_code = false;
    for line in page.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            out += line;
            continue;
        }
        let mut parts = line.split("](");
        out += parts.next().unwrap_or("");
        for part in parts {
            let (target, rest) = part.split_once(')').unwrap_or((part, ""));
            out += &format!("]({}){rest}", rewrite_target(target, location, folder)?);
        }
    }
    Ok(out)
}

fn rewrite_target(target: &str, location: Location, folder: &Path) -> Result<String, String> {
    if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
        return Ok(target.to_owned());
    }
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, format!("#{anchor}")),
        None => (target, String::new()),
    };
    // Relative to `docs`, with `own` for the language's folder.
    let path = match location {
        Location::Shared => file.to_owned(),
        Location::Language => match file.strip_prefix("../") {
            Some(file) => file.to_owned(),
            None => format!("own/{file}"),
        },
    };
    if SHARED.contains(&path.as_str()) {
        return Ok(format!("{path}{anchor}"));
    }
    if path.starts_with("pictures/") {
        return Ok(format!("../{path}"));
    }
    match path.split_once('/') {
        Some(("own" | "en" | "ja", page)) if folder.join(page).is_file() => {
            Ok(format!("{page}{anchor}"))
        }
        // Not yet written in this language.
        Some(("own" | "en" | "ja", page)) if folder.join("../en").join(page).is_file() => {
            Ok(format!("../en/{}{anchor}", html(page)))
        }
        _ => Err(format!("the link to {target} leads out of the book")),
    }
}

/// The file that mdBook makes of a page.
pub fn html(page: &str) -> String {
    if page == "README.md" {
        return "index.html".to_owned();
    }
    format!("{}.html", page.trim_end_matches(".md"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn links_are_rewritten_for_the_book() {
        let docs = tempfile::tempdir().unwrap();
        for folder in ["en", "ja"] {
            fs::create_dir(docs.path().join(folder)).unwrap();
        }
        fs::write(docs.path().join("en/01-a.md"), "").unwrap();
        fs::write(docs.path().join("ja/02-b.md"), "").unwrap();
        let en = docs.path().join("en");
        let page = |text: &str| rewrite(text, Location::Language, &en).unwrap();
        assert_eq!(page("[l](../ledger.md#a) b"), "[l](ledger.md#a) b");
        assert_eq!(page("![p](../pictures/a.svg)"), "![p](../pictures/a.svg)");
        assert_eq!(page("[a](01-a.md#x), [b](#y)"), "[a](01-a.md#x), [b](#y)");
        assert_eq!(page("```rust\na[i](../b)\n```\n"), "```rust\na[i](../b)\n```\n");
        assert!(rewrite("[r](../../README.md)", Location::Language, &en).is_err());
        let ja = docs.path().join("ja");
        let shared = |text: &str| rewrite(text, Location::Shared, &ja).unwrap();
        assert_eq!(shared("[a](en/01-a.md#x)"), "[a](../en/01-a.html#x)");
        assert_eq!(
            shared("![p](pictures/a.svg) [s](speed.md)"),
            "![p](../pictures/a.svg) [s](speed.md)"
        );
        assert_eq!(rewrite("[b](02-b.md)", Location::Language, &ja).unwrap(), "[b](02-b.md)");
    }
}
