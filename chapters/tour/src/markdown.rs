//! Finds the pictures that a page shows, and replaces the output that it quotes.

/// The folder of pictures, as a page names it.
pub const PICTURES: &str = "../pictures/";
const MARKER: &str = "<!-- output: ";

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
