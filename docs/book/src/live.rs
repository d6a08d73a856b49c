//! Live figures: a page has a line with words for GitHub, and the book has the figure.
//!
//! ```text
//! <div data-live="network">In the book, the network of this page stands here.</div>
//! ```
//!
//! The scripts are in `docs/book/live`. The numbers of a page's network are a script too,
//! since a page that is opened from a file may load nothing else.

use common::look::{SCRIPTS, START, STYLE};

const LINE: &str = "<div data-live=\"";
/// The figure that needs the numbers of a network.
const NETWORK: &str = "network";

/// The kind of the figure in `line`, such as `network`, if there is one.
pub fn kind(line: &str) -> Option<&str> {
    line.strip_prefix(LINE)?.split('"').next()
}

/// The empty place of a figure, which its script fills.
pub fn place(kind: &str) -> String {
    format!("{LINE}{kind}\"></div>\n")
}

/// The scripts and the style of the page `name` (`01-perceptron.md`) with figures of these
/// `kinds`; nothing if there are none.
pub fn scripts(name: &str, kinds: &[&str]) -> String {
    if kinds.is_empty() {
        return String::new();
    }
    let mut files: Vec<String> =
        SCRIPTS.iter().map(|(script, _)| format!("../live/{script}")).collect();
    if kinds.contains(&NETWORK) {
        files.push(format!("../{}", numbers(name)));
    }
    let style = format!("\n<link rel=\"stylesheet\" href=\"../live/{}\">\n", STYLE.0);
    let load = |file: String| format!("<script src=\"{file}\"></script>\n");
    let files: String = files.into_iter().map(load).collect();
    format!("{style}{files}<script>{START}</script>\n")
}

/// The file with the numbers of the network of the page `name`, below `docs`.
pub fn numbers(name: &str) -> String {
    format!("pictures/{}/look.js", name.trim_end_matches(".md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_the_scripts_of_its_figures_once_and_no_others() {
        let line = "<div data-live=\"dropout\">In the book, masks are drawn here.</div>\n";
        assert_eq!(kind(line), Some("dropout"));
        assert_eq!(kind("a <div data-live=\"dropout\">"), None);
        assert_eq!(place("dropout"), "<div data-live=\"dropout\"></div>\n");
        assert_eq!(scripts("09-a.md", &[]), "");
        let small = scripts("09-a.md", &["dropout", "optimisers"]);
        assert!(!small.contains("look.js") && !small.contains("\n\n"), "{small}");
        let page = scripts("01-a.md", &["network"]);
        assert_eq!(page.matches("../pictures/01-a/look.js").count(), 1);
        for (script, _) in SCRIPTS {
            assert_eq!(page.matches(&format!("src=\"../live/{script}\"")).count(), 1);
        }
        assert!(page.ends_with(&format!("<script>{START}</script>\n")));
    }
}
