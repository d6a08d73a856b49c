//! Converts one page for the book.

use crate::language::own_and_other;
use crate::links::{self, Location};
use crate::{formula, live};

/// The page `name` (`01-perceptron.md`), with formulas, links and live figures as the book
/// needs them; blocks of code stay.
///
/// # Errors
/// A sentence that names the page.
pub fn convert(text: &str, name: &str, location: Location) -> Result<String, String> {
    let mut out = format!("{}\n\n", language_link(name, location));
    let (mut in_code, mut figures) = (false, Vec::new());
    let (from, to) = contents(text);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        in_code ^= line.trim_start().starts_with("```");
        if number == from && from < to {
            out += "<nav class=\"contents\">\n\n";
        }
        if number == to && from < to {
            out += "\n</nav>\n";
        }
        if let (false, Some(kind)) = (in_code, live::kind(line)) {
            figures.push(kind);
            out += &live::place(kind);
            continue;
        }
        let converted = match in_code {
            true => Ok(line.to_owned()),
            false => formula::render(line)
                .and_then(|line| links::rewrite(&line, location))
                .map(|line| keep_percent(&line)),
        };
        let fault = |fault| format!("{}: {fault}", location.folder.join(name).display());
        out += &converted.map_err(fault)?;
    }
    Ok(out + &live::scripts(name, &figures))
}

/// The line without a place to break between a number and its percent sign.
fn keep_percent(line: &str) -> String {
    let part = |(k, part): (usize, &str)| match k % 2 {
        0 => part.replace(" %", "\u{a0}%"),
        _ => part.to_owned(), // code
    };
    line.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

/// The lines, from one up to another, with the list of the page's own headings, which wide
/// screens show beside the page; `(0, 0)` if there is none.
fn contents(text: &str) -> (usize, usize) {
    let own_heading = |line: &str| line.starts_with("- [") && line.contains("](#");
    let from = text.lines().position(own_heading).unwrap_or(0);
    let length = text.lines().skip(from).take_while(|line| own_heading(line)).count();
    (from, from + length)
}

/// A line with the link to the same page in the other language, or to its first
/// page if it has no such page yet.
fn language_link(name: &str, Location { folder, is_shared }: Location) -> String {
    let (_, other) = own_and_other(folder);
    let exists = is_shared || folder.join("..").join(other.folder).join(name).is_file();
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
        let location = Location { folder: &en, is_shared: false };
        let page = convert("# A\n", "01-a.md", location).unwrap();
        assert!(page.contains("href=\"../ja/01-a.html\"") && page.contains("日本語"), "{page}");
        assert!(page.ends_with("</nav>\n\n# A\n"), "{page}");
        let page = convert("# B\n", "02-b.md", location).unwrap();
        assert!(page.contains("href=\"../ja/index.html\""), "{page}");
        let page =
            convert("# C\n- [a](#a)\n- [b](#b)\n\n- [c](#c)\n", "03-c.md", location).unwrap();
        let list = "<nav class=\"contents\">\n\n- [a](#a)\n- [b](#b)\n\n</nav>\n\n- [c](#c)\n";
        assert!(page.ends_with(list), "{page}");
        let page = convert("86.4 % of `7 % 2`\n", "04-d.md", location).unwrap();
        assert!(page.ends_with("86.4\u{a0}% of `7 % 2`\n"), "{page}");
        let code = "```rust\na[i](../b)\n$$x$$\n```\n";
        let page = convert(&format!("$$x$$\n{code}"), "01-a.md", location).unwrap();
        assert!(page.contains("<math") && page.ends_with(code), "{page}");
    }
}
