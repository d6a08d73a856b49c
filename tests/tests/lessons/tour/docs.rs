//! Pages renewed from made-up runs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Result, files};
use referee::real_data;
use tour::chapters::Preset;
use tour::docs::Docs;
use tour::look::{MARKER, script as script_of};
use tour::markdown::{pictures, replace_outputs};
use tour::numbers::Numbers;
use tour::publishable::{check_after, check_before, check_data};
use tour::results::ChapterResult;

use super::ledger::{ledger, machine};
use super::{failure, result_of};

const PAGE: &str = "\
# A page

<!-- output: perceptron -->

```text
old
older
```

After it.
";

#[test]
fn the_block_under_a_marker_is_replaced_and_nothing_else() {
    let fresh = replace_outputs(PAGE, |package| {
        assert_eq!(package, "perceptron");
        Ok(Some("new".to_owned()))
    });
    assert_eq!(fresh.unwrap(), PAGE.replace("old\nolder", "new"));
    let kept = replace_outputs(PAGE, |_| Ok(None));
    assert_eq!(kept.unwrap(), PAGE);
}

#[test]
fn a_marker_without_its_block_is_refused_with_its_line() {
    let new = |_: &str| Ok(Some("new".to_owned()));
    let fault = replace_outputs("a\n<!-- output: perceptron -->\nprose\n", new);
    assert_eq!(fault.unwrap_err(), "line 2: an output marker needs a ```text block under it");
    let fault = replace_outputs("<!-- output: perceptron -->\n```text\nold\n", new);
    assert_eq!(fault.unwrap_err(), "line 1: the block under it has no end");
}

#[test]
fn pictures_are_found_in_every_way_to_show_them() {
    let page = "![a](../pictures/01-perceptron/a.svg)\n\
                <img src=\"../pictures/01-perceptron/b.png\" width=\"300\">\n\
                ![c](../pictures/tour.svg \"title\") and [d](other.svg)";
    assert_eq!(pictures(page), ["01-perceptron/a.svg", "01-perceptron/b.png", "tour.svg"]);
}

#[test]
fn a_quoted_output_has_the_paths_that_a_reader_sees() {
    let stdout = "\
MNIST from /home/me/data/mnist
MNIST from /home/me/course/data/cache/mnist
pictures are in out/tour/perceptron/seed-1
";
    let (data, root) = (Path::new("/home/me/data/"), Path::new("/home/me/course"));
    let docs = Docs { root, out: root, results: &[], data: Some(data) };
    assert_eq!(
        docs.for_readers("perceptron", stdout, Path::new("out/tour/perceptron/seed-1")),
        "MNIST from data/cache/mnist\n\
         MNIST from data/cache/mnist\n\
         pictures are in out/perceptron"
    );
}

/// A course with one page, and a run of its first chapter with `pictures`.
fn course(pictures: &[&str]) -> (tempfile::TempDir, ChapterResult) {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs/en");
    fs::create_dir_all(&docs).unwrap();
    let page = format!("![it](../pictures/01-perceptron/it.svg)\n\n{PAGE}");
    fs::write(docs.join("01-perceptron.md"), page).unwrap();
    let mut result = result_of(&["perceptron on MNIST: test accuracy 86.00 %"]);
    result.runs[0].out = folder.path().join("out");
    for name in pictures {
        files::write(&result.runs[0].out.join(name), |file| Ok(file.write_all(b"<svg/>")?))
            .unwrap();
    }
    (folder, result)
}

/// Writes the pages of the course in `root` from one result.
fn write(root: &Path, result: ChapterResult) -> Result<Vec<PathBuf>> {
    let results = [result];
    let out = &root.join("none");
    let numbers = Numbers::default();
    let machine = machine();
    let ledger = ledger(&results, &machine, Preset::Full);
    Docs { root, out, results: &results, data: None }.write(&ledger, numbers)
}

#[test]
fn pages_get_their_ledger_pictures_and_outputs_and_no_other_picture() {
    let (folder, result) = course(&["it.svg", "other.svg"]);
    let root = folder.path();
    let written = write(root, result).unwrap();
    assert_eq!(written.len(), 5);
    let text = |path: &str| fs::read_to_string(root.join("docs").join(path)).unwrap();
    assert!(text("ledger.md").contains("| test accuracy | 86.64 % | 86.00 % |"));
    assert_eq!(text("runs/01-perceptron/main.txt"), "perceptron on MNIST: test accuracy 86.00 %\n");
    assert!(text("runs/01-perceptron/figures.csv").contains("test accuracy,%,86.64 %,86,"));
    assert_eq!(text("pictures/01-perceptron/it.svg"), "<svg/>");
    assert!(text("en/01-perceptron.md").contains("perceptron on MNIST: test accuracy 86.00 %"));
    assert!(!root.join("docs/pictures/01-perceptron/other.svg").exists());
}

#[test]
fn a_page_gets_its_output_in_every_language() {
    let (folder, result) = course(&["it.svg"]);
    let root = folder.path();
    fs::create_dir(root.join("docs/ja")).unwrap();
    fs::write(root.join("docs/ja/01-perceptron.md"), PAGE).unwrap();
    write(root, result).unwrap();
    for language in ["en", "ja"] {
        let page = root.join("docs").join(language).join("01-perceptron.md");
        let text = fs::read_to_string(page).unwrap();
        assert!(text.contains("perceptron on MNIST: test accuracy 86.00 %"), "{language}");
    }
}

#[test]
fn further_runs_and_numbers_reach_the_pages_and_charts_get_japanese_words() {
    let (folder, mut result) = course(&["it.svg"]);
    let root = folder.path();
    let docs = root.join("docs");
    fs::create_dir(docs.join("ja")).unwrap();
    let page = "<!-- 01 fast -->?<!-- / --> %, <!-- 01 mean -->?<!-- / -->\n\
                <!-- output: perceptron/fast -->\n```text\nold\n```\n\
                ![it](../pictures/01-perceptron/it.ja.svg)\n";
    fs::write(docs.join("ja/01-perceptron.md"), page).unwrap();
    fs::write(docs.join("ja/charts.toml"), "\"rate # of #\" = \"# のうち #\"\n").unwrap();
    let svg = "<text x=\"1\">\nrate 0.5 of 3\n</text><text>12</text>";
    fs::write(result.runs[0].out.join("it.svg"), svg).unwrap();
    result.page_runs.insert("fast".to_owned(), "right: 77.5 %\n".to_owned());
    let mut numbers = Numbers::default();
    let definitions = "[numbers]\nfast = { run = \"fast\", find = 'right: (\\S+) %' }\n\
                       mean = { seeds = \"test accuracy\", take = \"mean\", digits = 1 }\n";
    numbers.add("01-perceptron", Path::new("numbers.toml"), definitions.to_owned()).unwrap();
    let (results, machine, out) = ([result], machine(), root.join("none"));
    let ledger = ledger(&results, &machine, Preset::Full);
    let renew = Docs { root, out: &out, results: &results, data: None };
    renew.write(&ledger, numbers.clone()).unwrap();
    let text = |path: &str| fs::read_to_string(docs.join(path)).unwrap();
    let page = text("ja/01-perceptron.md");
    assert!(page.starts_with("<!-- 01 fast -->77.5<!-- / --> %, <!-- 01 mean -->86.0<!-- / -->\n"));
    assert!(page.contains("```text\nright: 77.5 %\n```"), "{page}");
    assert_eq!(
        text("pictures/01-perceptron/it.ja.svg"),
        "<text x=\"1\">\n0.5 のうち 3\n</text><text>12</text>"
    );

    fs::write(docs.join("ja/charts.toml"), "").unwrap();
    let error = renew.write(&ledger, numbers).unwrap_err().to_string();
    assert!(error.contains("docs/ja/charts.toml lacks \"rate 0.5 of 3\""), "{error}");
}

/// A page `look.html` with so many moments of a training.
fn look_html(moments: usize) -> String {
    let history: Vec<String> = (0..moments).map(|i| format!("{{\"iteration\":{i}}}")).collect();
    let data = format!("{{\"chapter\":\"01-perceptron\",\"history\":[{}]}}", history.join(","));
    format!(
        "<main></main>\n<script type=\"application/json\" id=\"network-data\">{data}</script>\n"
    )
}

#[test]
fn the_numbers_of_a_live_figure_come_from_the_chapters_page() {
    let (folder, result) = course(&["it.svg"]);
    let root = folder.path();
    let page = root.join("docs/en/01-perceptron.md");
    let marked = format!("{}\n{MARKER}>words</div>\n", fs::read_to_string(&page).unwrap());
    fs::write(&page, marked).unwrap();
    let error = write(root, result.clone()).unwrap_err().to_string();
    assert!(error.contains("shows a network, and the chapter has not written"), "{error}");
    assert!(!root.join("docs/ledger.md").exists());

    let out = result.runs[0].out.join("look.html");
    files::write(&out, |file| Ok(file.write_all(look_html(22).as_bytes())?)).unwrap();
    write(root, result).unwrap();
    let script = fs::read_to_string(root.join("docs/pictures/01-perceptron/look.js")).unwrap();
    assert!(script.starts_with("Live.data = {\"chapter\":\"01-perceptron\""), "{script}");
    let kept: Vec<&str> = script.split("iteration\":").skip(1).collect();
    let kept: Vec<&str> = kept.iter().map(|rest| rest.split('}').next().unwrap()).collect();
    assert_eq!(kept, ["0", "3", "6", "9", "12", "15", "18", "21"]);
    for (moments, most) in [(0, 0), (1, 1), (2, 2), (8, 8), (9, 8)] {
        let found = script_of(&look_html(moments)).unwrap().matches("iteration").count();
        assert_eq!(found, most, "{moments}");
    }
    assert_eq!(script_of("<html></html>"), None);
}

#[test]
fn a_picture_that_was_not_drawn_is_named_and_nothing_is_written() {
    let (folder, result) = course(&[]);
    let root = folder.path();
    let error = write(root, result).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("01-perceptron.md: shows ../pictures/01-perceptron/it.svg"), "{error}");
    assert!(!root.join("docs/ledger.md").exists());
}

#[test]
fn a_picture_from_an_earlier_run_is_not_taken() {
    let (folder, mut result) = course(&["it.svg"]);
    let root = folder.path();
    result.runs[0].began = std::time::SystemTime::now() + Duration::from_secs(60);
    assert!(write(root, result).is_err());
}

#[test]
fn only_whole_runs_on_the_published_data_reach_the_pages() {
    let good = result_of(&["perceptron on MNIST: test accuracy 86.00 %"]);
    assert!(check_after(std::slice::from_ref(&good), false).is_ok());
    assert!(check_after(std::slice::from_ref(&good), true).is_err());
    let foreign = result_of(&["perceptron on built-in digits: test accuracy 86.00 %"]);
    let error = check_after(&[foreign], false).unwrap_err().to_string();
    assert!(error.contains("the runs used built-in digits"), "{error}");
    let mut failed = good;
    failed.failure = Some(failure());
    let error = check_after(&[failed], false).unwrap_err().to_string();
    assert!(error.contains("perceptron failed"), "{error}");
    assert!(check_before(Some(Path::new("built-in"))).is_err());
}

#[test]
fn images_that_are_not_the_published_ones_never_reach_the_pages() {
    let error = check_data(Some(Path::new("built-in"))).unwrap_err().to_string();
    assert!(error.contains("figures of MNIST as published"), "{error}");
    if let Some(folder) = real_data("images_that_are_not_the_published_ones_never_reach_the_pages")
    {
        check_data(Some(&folder)).unwrap();
    }
}
