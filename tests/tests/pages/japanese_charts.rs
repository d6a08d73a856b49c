//! Charts on Japanese pages have Japanese words, which find room where the English ones stood.

use std::fs;
use std::sync::LazyLock;

use common::plot::text_width;
use referee::pages::{pages, targets};
use referee::root;
use regex::{Captures, Regex};
use tour::translate::{JAPANESE, translate, words};

/// `UPDATE_DOCS=1` writes the charts anew.
#[test]
fn every_chart_on_a_japanese_page_has_japanese_words() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let words = words(&root().join("docs")).unwrap();
    let (mut faults, mut charts) = (Vec::new(), 0);
    let covers = ["README.ja.md", "docs/ja/README.md"].map(|name| root().join(name));
    for page in pages("ja").into_iter().chain(covers) {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text).into_iter().filter(|target| target.ends_with(".svg")) {
            if target.contains("/drawings/") {
                continue; // drawn in both languages
            }
            let at = format!("{}: {target}", page.display());
            let Some(original) = target.strip_suffix(JAPANESE) else {
                faults.push(format!("{at} has English words; show its {JAPANESE}"));
                continue;
            };
            charts += 1;
            let (path, original) = (page.parent().unwrap().join(target), format!("{original}.svg"));
            let svg = fs::read_to_string(page.parent().unwrap().join(&original)).unwrap();
            match translate(&svg, &words) {
                Ok(new) if update => fs::write(path, new).unwrap(),
                Ok(new) => {
                    let collisions = collisions(&svg, &new);
                    faults.extend(collisions.into_iter().map(|fault| format!("{at}: {fault}")));
                    if fs::read_to_string(path).ok() != Some(new) {
                        faults.push(format!("{at} is not its original in Japanese"));
                    }
                }
                Err(fault) => faults.push(format!("{at}: {fault}")),
            }
        }
    }
    assert!(faults.is_empty(), "{}\nUPDATE_DOCS=1 renews them", faults.join("\n"));
    assert!(charts > 40, "{charts}");
}

/// A rectangle `[left, top, right, bottom]` in units of the picture.
type Box = [f64; 4];

const NEAR: f64 = 12.0; // three pixels

/// What the words of `new` touch, or where they leave the picture, and those of `old` do not.
fn collisions(old: &str, new: &str) -> Vec<String> {
    let (before, after, marks) = (texts(old), texts(new), marks(new));
    assert_eq!(before.len(), after.len());
    let width = number(&Regex::new("viewBox=\"0 0 ([0-9]+)").unwrap().captures(new).unwrap(), 1);
    let mut faults = Vec::new();
    for (k, ((words, place), (_, old_place))) in after.iter().zip(&before).enumerate() {
        let mut report = |what: &str, is_new: bool| {
            if is_new {
                faults.push(format!("{words} {what}; shorten it"));
            }
        };
        let leaves = |place: &Box| place[0] < 0.0 || place[2] > width;
        report("leaves the picture", leaves(place) && !leaves(old_place));
        for (m, (other, other_place)) in after.iter().enumerate().filter(|(m, _)| *m != k) {
            let is_new = touch(place, other_place) && !touch(old_place, &before[m].1);
            report(&format!("touches {other}"), is_new);
        }
        let is_new = |mark: &Box| touch(place, mark) && !touch(old_place, mark);
        report("touches a mark", marks.iter().any(is_new));
    }
    faults
}

/// Whether there is less than `NEAR` between the two from left to right.
fn touch(a: &Box, b: &Box) -> bool {
    a[0] < b[2] + NEAR && b[0] < a[2] + NEAR && a[1] < b[3] && b[1] < a[3]
}

fn number(groups: &Captures, k: usize) -> f64 {
    groups[k].parse().unwrap()
}

/// The words of a picture and where they stand.
fn texts(svg: &str) -> Vec<(String, Box)> {
    static TEXT: LazyLock<Regex> = LazyLock::new(|| {
        let places = "<text x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" dy=\"([-0-9.]+)(em|ex)\"";
        let style = "text-anchor=\"([a-z]+)\"[^>]*font-size=\"([0-9.]+)\"[^>]*>";
        Regex::new(&format!("{places} {style}\\s*([^<]*?)\\s*<")).unwrap()
    });
    let of = |groups: Captures| {
        let (words, size) = (groups[7].replace("&apos;", "'"), number(&groups, 6));
        let width = text_width(&words, size);
        let left = match &groups[5] {
            "start" => number(&groups, 1),
            "middle" => number(&groups, 1) - width / 2.0,
            _ => number(&groups, 1) - width,
        };
        let down = number(&groups, 3) * if &groups[4] == "em" { 1.0 } else { 0.5 };
        let baseline = number(&groups, 2) + down * size;
        (words, [left, baseline - 0.72 * size, left + width, baseline])
    };
    TEXT.captures_iter(svg).map(of).collect()
}

/// Lines, rectangles and dots as small as the sample of a legend.
fn marks(svg: &str) -> Vec<Box> {
    let numbers = |text: &str| -> Vec<f64> {
        text.split([' ', ',']).filter_map(|number| number.parse().ok()).collect()
    };
    let line = Regex::new(" points=\"([^\"]*)\"").unwrap();
    let rectangle = "<rect x=\"([^\"]*)\" y=\"([^\"]*)\" width=\"([^\"]*)\" height=\"([^\"]*)\"";
    let circle = Regex::new("<circle cx=\"([^\"]*)\" cy=\"([^\"]*)\" r=\"([^\"]*)\"").unwrap();
    let lines = line.captures_iter(svg).map(|groups| {
        let (mut at, numbers) = ([f64::MAX, f64::MAX, f64::MIN, f64::MIN], numbers(&groups[1]));
        for point in numbers.chunks_exact(2) {
            at = [
                at[0].min(point[0]),
                at[1].min(point[1]),
                at[2].max(point[0]),
                at[3].max(point[1]),
            ];
        }
        at
    });
    let rectangle = Regex::new(rectangle).unwrap();
    let rectangles = rectangle.captures_iter(svg).map(|groups| {
        let [x, y, width, height] = [1, 2, 3, 4].map(|k| number(&groups, k));
        [x, y, x + width, y + height]
    });
    let circles = circle.captures_iter(svg).map(|groups| {
        let [x, y, r] = [1, 2, 3].map(|k| number(&groups, k));
        [x - r, y - r, x + r, y + r]
    });
    let small = |at: &Box| at[2] - at[0] < 130.0 && at[3] - at[1] < 70.0;
    lines.chain(rectangles).chain(circles).filter(small).collect()
}

#[test]
fn words_that_run_into_a_sample_are_found() {
    let text = |words: &str| {
        format!(
            "<svg viewBox=\"0 0 400 60\"><text x=\"10\" y=\"30\" dy=\"0em\" text-anchor=\"start\" \
             font-size=\"20\">\n{words}\n</text><circle cx=\"100\" cy=\"24\" r=\"4\"/></svg>"
        )
    };
    assert!(collisions(&text("loops"), &text("ループ")).is_empty());
    let faults = collisions(&text("loops"), &text("ふつうのループ"));
    assert!(faults.len() == 1 && faults[0].contains("touches a mark"), "{faults:?}");
    let faults = collisions(&text("loops"), &text(&"長".repeat(30)));
    assert!(faults.iter().any(|fault| fault.contains("leaves the picture")), "{faults:?}");
}
