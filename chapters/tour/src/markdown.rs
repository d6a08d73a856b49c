//! Finds the pictures that a page shows, and renews the outputs and numbers that it quotes.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::chapters;
use crate::numbers::{MAIN, Numbers};

/// The folder of pictures, as a page names it.
pub const PICTURES: &str = "../pictures/";
const MARKER: &str = "<!-- output: ";
/// The end of a number.
const END: &str = "<!-- / -->";

/// The page with outputs and numbers as they are kept. An output stands under
/// `<!-- output: perceptron -->`, or `<!-- output: perceptron/rate-001 -->` for another run
/// than the first; a number stands as `<!-- 01 accuracy -->86.1<!-- / -->`.
/// An error is a sentence.
pub fn renew(page: &str, numbers: &Numbers) -> Result<String, String> {
    let output = |name: &str| {
        let (package, run) = name.split_once('/').unwrap_or((name, MAIN));
        let chapter = chapters::all().iter().find(|chapter| chapter.package == package);
        let chapter =
            chapter.ok_or(format!("quotes {package}, but the tour has no such chapter"))?;
        Ok(numbers.output(&chapter.folder, run).map(str::to_owned))
    };
    replace_numbers(&replace_outputs(page, output)?, |number, name| numbers.text(number, name))
}

/// The page with new numbers; `text_of` gives the text of a number from its chapter and name.
pub fn replace_numbers(
    page: &str,
    text_of: impl Fn(&str, &str) -> Result<String, String>,
) -> Result<String, String> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        let begin = "<!-- ([0-9]{2}) ([a-z0-9-]+) -->";
        Regex::new(&format!("{begin}(?:([^<]*){END})?")).expect("a test uses it")
    });
    let mut faults = Vec::new();
    let new_page = NUMBER.replace_all(page, |groups: &Captures| {
        let (number, name) = (&groups[1], &groups[2]);
        let text = match groups.get(3) {
            Some(_) => text_of(number, name),
            None => Err(format!("{number} {name}: has no {END} behind its number")),
        };
        let text = text.unwrap_or_else(|fault| {
            faults.push(fault);
            groups.get(3).map_or("", |old| old.as_str()).to_owned()
        });
        format!("<!-- {number} {name} -->{text}{END}")
    });
    if faults.is_empty() { Ok(new_page.into_owned()) } else { Err(faults.join("\n")) }
}

/// The pictures that a page shows, such as `01-perceptron/accuracy.svg`: their
/// names below `../pictures/`.
pub fn pictures(page: &str) -> Vec<String> {
    let ends_name = |c: char| c.is_whitespace() || ")\"'<>#?`".contains(c);
    page.split(PICTURES)
        .skip(1)
        .filter_map(|rest| rest.split(ends_name).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The page with new output. A marker line `<!-- output: perceptron -->` stands
/// before a fenced block of `text`; `output_of` gives the new content of the
/// block, or `None` to keep it. An error has the line number of a marker, and what is
/// wrong there.
pub fn replace_outputs(
    page: &str,
    output_of: impl Fn(&str) -> Result<Option<String>, String>,
) -> Result<String, String> {
    let mut new_page = String::new();
    let mut lines = page.split_inclusive('\n').enumerate();
    while let Some((number, line)) = lines.next() {
        new_page += line;
        let marker = line.trim().strip_prefix(MARKER).and_then(|rest| rest.strip_suffix("-->"));
        let Some(package) = marker else {
            continue;
        };
        let at_line = |fault: &str| format!("line {}: {fault}", number + 1);
        let output = output_of(package.trim()).map_err(|fault| at_line(&fault))?;
        let opening = lines.find(|(_, line)| {
            new_page += line;
            !line.trim().is_empty()
        });
        if opening.is_none_or(|(_, line)| line.trim() != "```text") {
            return Err(at_line("an output marker needs a ```text block under it"));
        }
        let mut old = String::new();
        let closing = lines.find(|(_, line)| {
            let closes = line.trim() == "```";
            if !closes {
                old += line;
            }
            closes
        });
        let (_, closing) = closing.ok_or_else(|| at_line("the block under it has no end"))?;
        new_page += &output.map_or(old, |text| format!("{text}\n"));
        new_page += closing;
    }
    Ok(new_page)
}
