//! The numbers of the live figures on the pages, from what a chapter writes as `look.html`.

use common::look::data_of;
use serde_json::Value;

/// What stands in a page that shows the network of its chapter.
pub const MARKER: &str = "<div data-live=\"network\"";

const MOST: usize = 8; // moments of the training, so that a page stays small

/// A script with the numbers in a page `look.html`; of the history eight moments at most,
/// evenly apart, with the first and the last. `None` if it is no such page.
pub fn script(html: &str) -> Option<String> {
    let mut data: Value = serde_json::from_str(data_of(html)?).ok()?;
    let history = data["history"].as_array_mut()?;
    let last = history.len().saturating_sub(1);
    let parts = (MOST - 1).min(last).max(1);
    let mut kept: Vec<usize> = (0..=parts).map(|k| k * last / parts).collect();
    kept.dedup();
    *history = kept.into_iter().filter_map(|k| history.get(k).cloned()).collect();
    Some(format!("Live.data = {data};\n"))
}
