//! Formulas: from LaTeX, which GitHub draws, to MathML, which every browser draws.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// Converts a line `$$ ... $$` to MathML in a box that scrolls where it is too wide; any
/// other line stays.
///
/// # Errors
/// A sentence on the formula, and what is wrong with it.
pub fn render(line: &str) -> Result<String, String> {
    let latex = line.trim().strip_prefix("$$").and_then(|rest| rest.strip_suffix("$$"));
    Ok(match latex.filter(|latex| !latex.is_empty()) {
        Some(latex) => format!("<div class=\"formula\">{}</div>\n", mathml(latex)?),
        None => line.to_owned(),
    })
}

/// One formula as MathML.
fn mathml(latex: &str) -> Result<String, String> {
    let fault = |what: String| format!("the formula {latex}: {what}");
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(latex, &storage).collect();
    let events = events.map_err(|error| fault(error.to_string()))?;
    let config = RenderConfig { display_mode: DisplayMode::Block, ..RenderConfig::default() };
    let mut out = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut out, events, config).map_err(|error| fault(error.to_string()))?;
    // The library does not escape "less than", which would begin a tag in HTML.
    let out = out.replace("<mo><</mo>", "<mo>&lt;</mo>");
    // A blank line would end the block of HTML.
    Ok(out.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_mathml_and_text_stays() {
        let out = render("$$y_k = \\frac{e^{z_k}}{\\sum_i e^{z_i}}$$\n").unwrap();
        assert!(out.contains("<div class=\"formula\"><math display=\"block\""), "{out}");
        assert!(out.contains("<mfrac>") && !out.contains("\\frac"), "{out}");
        assert_eq!(render("text\n").unwrap(), "text\n");
    }

    #[test]
    fn less_than_is_not_the_beginning_of_a_tag() {
        assert!(render("$$a < b$$\n").unwrap().contains("<mo>&lt;</mo>"));
    }

    #[test]
    fn a_formula_that_is_not_one_is_named() {
        let fault = render("$$\\frac{1}$$\n").unwrap_err();
        assert!(fault.contains("\\frac{1}"), "{fault}");
    }
}
