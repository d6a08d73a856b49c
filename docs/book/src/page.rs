//! One page on its way into the book.

use std::path::Path;

use crate::links::{self, From};
use crate::{edition, formula};

/// The page `name` (`01-perceptron.md`) of the language in `folder`, as mdBook
/// is to have it.
///
/// # Errors
/// A sentence that names the page.
pub fn finish(text: &str, name: &str, from: From, folder: &Path) -> Result<String, String> {
    let fault = |fault: String| format!("{}: {fault}", folder.join(name).display());
    let text = formula::render(text).map_err(fault)?;
    let text = links::rewrite(&text, from, folder).map_err(fault)?;
    Ok(format!("{}\n\n{text}", switch(name, from, folder)))
}

/// A line with the link to the same page in the other language; to that
/// edition's first page where it has no such page yet.
fn switch(name: &str, from: From, folder: &Path) -> String {
    let other = edition::other(folder);
    let there = from == From::Shared || folder.join("..").join(other.folder).join(name).is_file();
    let page = if there { links::html(name) } else { links::html("README.md") };
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
    fn the_switch_leads_to_the_same_page_or_else_to_the_first() {
        let docs = tempfile::tempdir().unwrap();
        let en = docs.path().join("en");
        fs::create_dir(&en).unwrap();
        fs::create_dir(docs.path().join("ja")).unwrap();
        fs::write(docs.path().join("ja/01-a.md"), "").unwrap();
        let page = finish("# A\n", "01-a.md", From::Language, &en).unwrap();
        assert!(page.contains("href=\"../ja/01-a.html\"") && page.contains("日本語"), "{page}");
        assert!(page.ends_with("</nav>\n\n# A\n"), "{page}");
        let page = finish("# B\n", "02-b.md", From::Language, &en).unwrap();
        assert!(page.contains("href=\"../ja/index.html\""), "{page}");
    }
}
