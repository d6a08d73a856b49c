//! Links that leave a language's folder.

use std::path::Path;

/// Pages beside the languages' folders that both editions take in.
pub const SHARED: [&str; 3] = ["ledger.md", "speed.md", "third-party.md"];

/// Where a page lies on GitHub.
#[derive(Clone, Copy, PartialEq)]
pub enum From {
    /// In `docs/en` or `docs/ja`.
    Language,
    /// In `docs`, and taken into the book.
    Shared,
}

/// The page with every link and picture as the book needs it. `folder` is the
/// language's own.
///
/// # Errors
/// A link that leads to something which the book does not hold.
pub fn rewrite(page: &str, from: From, folder: &Path) -> Result<String, String> {
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
            out += &format!("]({}){rest}", in_book(target, from, folder)?);
        }
    }
    Ok(out)
}

fn in_book(target: &str, from: From, folder: &Path) -> Result<String, String> {
    if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
        return Ok(target.to_owned());
    }
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, format!("#{anchor}")),
        None => (target, String::new()),
    };
    // As seen from `docs`.
    let seen = match from {
        From::Shared => file.to_owned(),
        From::Language => match file.strip_prefix("../") {
            Some(file) => file.to_owned(),
            None => format!("own/{file}"),
        },
    };
    if SHARED.contains(&seen.as_str()) {
        return Ok(format!("{seen}{anchor}"));
    }
    if seen.starts_with("pictures/") {
        return Ok(format!("../{seen}"));
    }
    match seen.split_once('/') {
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

/// What mdBook calls the file that it makes of a page.
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
    fn links_come_into_the_book() {
        let docs = tempfile::tempdir().unwrap();
        for folder in ["en", "ja"] {
            fs::create_dir(docs.path().join(folder)).unwrap();
        }
        fs::write(docs.path().join("en/01-a.md"), "").unwrap();
        fs::write(docs.path().join("ja/02-b.md"), "").unwrap();
        let en = docs.path().join("en");
        let page = |text: &str| rewrite(text, From::Language, &en).unwrap();
        assert_eq!(page("[l](../ledger.md#a) b"), "[l](ledger.md#a) b");
        assert_eq!(page("![p](../pictures/a.svg)"), "![p](../pictures/a.svg)");
        assert_eq!(page("[a](01-a.md#x), [b](#y)"), "[a](01-a.md#x), [b](#y)");
        assert_eq!(page("```rust\na[i](../b)\n```\n"), "```rust\na[i](../b)\n```\n");
        assert!(rewrite("[r](../../README.md)", From::Language, &en).is_err());
        let ja = docs.path().join("ja");
        let shared = |text: &str| rewrite(text, From::Shared, &ja).unwrap();
        assert_eq!(shared("[a](en/01-a.md#x)"), "[a](../en/01-a.html#x)");
        assert_eq!(
            shared("![p](pictures/a.svg) [s](speed.md)"),
            "![p](../pictures/a.svg) [s](speed.md)"
        );
        assert_eq!(rewrite("[b](02-b.md)", From::Language, &ja).unwrap(), "[b](02-b.md)");
    }
}
