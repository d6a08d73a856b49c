//! Links and pictures of a page, as the book needs them.

use std::path::Path;

/// Pages beside the languages' folders, which are in both editions.
pub const SHARED: [&str; 3] = ["ledger.md", "speed.md", "third-party.md"];

/// Where a page is in the repository.
#[derive(Clone, Copy)]
pub struct Location<'a> {
    /// The folder of the edition, `docs/en` or `docs/ja`.
    pub folder: &'a Path,
    /// Whether the page is in `docs`: one of both editions.
    pub is_shared: bool,
}

/// A line with its links and pictures rewritten. The exercises are files to edit, not
/// pages: of a link to one, the book keeps the words.
///
/// # Errors
/// A link to something that is not in the book.
pub fn rewrite(line: &str, location: Location) -> Result<String, String> {
    let mut parts = line.split("](");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (target, rest) = part.split_once(')').unwrap_or((part, ""));
        if let Some(open) = out.rfind('[').filter(|_| target.starts_with("../exercises/")) {
            out.remove(open);
            out += rest;
            continue;
        }
        out += &format!("]({}){rest}", rewrite_target(target, location)?);
    }
    Ok(out)
}

fn rewrite_target(target: &str, location: Location) -> Result<String, String> {
    let Location { folder, is_shared } = location;
    if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
        return Ok(target.to_owned());
    }
    let (file, anchor) = target.split_at(target.find('#').unwrap_or(target.len()));
    // Relative to `docs`, with `own` for the language's folder.
    let path = match file.strip_prefix("../") {
        _ if is_shared => file.to_owned(),
        Some(file) => file.to_owned(),
        None => format!("own/{file}"),
    };
    if SHARED.contains(&path.as_str()) {
        return Ok(format!("{path}{anchor}"));
    }
    if path.starts_with("pictures/") {
        return Ok(format!("../{path}"));
    }
    match path.split_once('/') {
        // mdBook renames the first page.
        Some(("own", "README.md")) => Ok(format!("index.md{anchor}")),
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
        let page = |text: &str| rewrite(text, Location { folder: &en, is_shared: false });
        assert_eq!(page("[l](../ledger.md#a) b").unwrap(), "[l](ledger.md#a) b");
        assert_eq!(page("![p](../pictures/a.svg)").unwrap(), "![p](../pictures/a.svg)");
        assert_eq!(page("[a](01-a.md#x), [b](#y)").unwrap(), "[a](01-a.md#x), [b](#y)");
        assert_eq!(page("[r](README.md#a)").unwrap(), "[r](index.md#a)");
        assert!(page("[r](../../README.md)").is_err());
        assert_eq!(page("[a](01-a.md), [`b`](../exercises/b.rs).").unwrap(), "[a](01-a.md), `b`.");
        let ja = docs.path().join("ja");
        let shared = |text: &str| rewrite(text, Location { folder: &ja, is_shared: true }).unwrap();
        assert_eq!(shared("[a](en/01-a.md#x)"), "[a](../en/01-a.html#x)");
        assert_eq!(
            shared("![p](pictures/a.svg) [s](speed.md)"),
            "![p](../pictures/a.svg) [s](speed.md)"
        );
        let own = Location { folder: &ja, is_shared: false };
        assert_eq!(rewrite("[b](02-b.md)", own).unwrap(), "[b](02-b.md)");
    }
}
