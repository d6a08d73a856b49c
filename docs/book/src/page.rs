//! Converts one page for the book.

use std::path::Path;

use crate::formula;
use crate::language::own_and_other;
use crate::links::{self, Location};

/// The page `name` (`01-perceptron.md`) of the language in `folder`, with formulas
/// and links as the book needs them.
///
/// # Errors
/// A sentence that names the page.
pub fn convert(
    text: &str,
    name: &str,
    location: Location,
    folder: &Path,
) -> Result<String, String> {
    let fault = |fault: String| format!("{}: {fault}", folder.join(name).display());
    let text = formula::render(text).map_err(fault)?;
    let text = links::rewrite(&text, location, folder).map_err(fault)?;
    Ok(format!("{}\n\n{text}", language_link(name, location, folder)))
}

/// A line with the link to the same page in the other language, or to its first
/// page if it has no such page yet.
fn language_link(name: &str, location: Location, folder: &Path) -> String {
    let (_, other) = own_and_other(folder);
    let exists =
        location == Location::Shared || folder.join("..").join(other.folder).join(name).is_file();
    let page = if exists { links::html(name) } else { links::html("README.md") };
    format!(
        "<nav class=\"language\"><a href=\"../{0}/{page}\" hreflang=\"{0}\" lang=\"{0}\">{1}</a></nav>",
        other.folder, other.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_language_link_leads_to_the_same_page_or_else_to_the_first() {
        let docs = tempfile::tempdir().unwrap();
        let en = docs.path().join("en");
        fs::create_dir(&en).unwrap();
        fs::create_dir(docs.path().join("ja")).unwrap();
        fs::write(docs.path().join("ja/01-a.md"), "").unwrap();
        let page = convert("# A\n", "01-a.md", Location::Language, &en).unwrap();
        assert!(page.contains("href=\"../ja/01-a.html\"") && page.contains("日本語"), "{page}");
        assert!(page.ends_with("</nav>\n\n# A\n"), "{page}");
        let page = convert("# B\n", "02-b.md", Location::Language, &en).unwrap();
        assert!(page.contains("href=\"../ja/index.html\""), "{page}");
    }
}
