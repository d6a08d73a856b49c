//! What the pages show, taken from the runs: the ledger, pictures, and blocks
//! of output. Nothing is written before everything is found.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::plot;
use common::{Error, Result, files};
use datasets::images::{CLASSES, SIDE};
use ndarray::Array2;

use crate::chapters::CHAPTERS;
use crate::ledger::foreign_data;
use crate::runs::{Outcome, Run};

/// Pictures of the tour itself, straight in `docs/pictures`.
const OWN_PICTURES: [&str; 3] = ["tour.svg", "tour.png", "built-in-digits.png"];
/// Those of them that part of the chapters cannot make.
const OF_A_WHOLE_TOUR: [&str; 2] = ["tour.svg", "tour.png"];
/// The ledger in `docs`.
const LEDGER: &str = "ledger.md";
/// How a page names a picture.
const PICTURES: &str = "../pictures/";
const MARKER: &str = "<!-- output: ";
const FENCE: &str = "```";

/// Refuses what can be refused before anything runs: `data` is what the user
/// gave with `--data`, or else in `DATASETS_DIR`.
///
/// # Errors
/// A sentence on why the pages would not be right.
pub fn refuse_early(data: Option<&Path>) -> Result {
    if data == Some(Path::new("built-in")) {
        return Err(Error::new(
            "--write-docs: the pages show MNIST's figures, not those of the built-in digits; \
             give MNIST's folder with --data, or leave --data away",
        ));
    }
    if cfg!(debug_assertions) {
        return Err(Error::new(
            "--write-docs: this is a debug build, whose times say nothing; \
             add --release after `cargo run`",
        ));
    }
    Ok(())
}

/// Refuses what shows only after the runs.
///
/// # Errors
/// A sentence on why the pages would not be right.
pub fn refuse_late(outcomes: &[Outcome], stopped: bool) -> Result {
    let fault = if stopped {
        "the tour was stopped".to_owned()
    } else if let Some(failed) = outcomes.iter().find(|outcome| outcome.failure.is_some()) {
        format!("{} failed", failed.chapter.package)
    } else if let Some(skipped) = outcomes.iter().find(|outcome| outcome.skipped.is_some()) {
        format!("{} was skipped", skipped.chapter.package)
    } else if let Some((seen, published)) = foreign_data(outcomes).first() {
        format!("the runs saw {seen}, and the pages show {published}'s figures")
    } else {
        return Ok(());
    };
    Err(Error::new(format!("--write-docs: {fault}, so docs/ stays as it was")))
}

/// Draws `built-in-digits.png` in `out`: ten rows of classes, twenty each, and
/// every pixel a square of two by two.
///
/// # Errors
/// If the digits cannot be drawn or the picture cannot be written.
pub fn contact_sheet(out: &Path) -> Result {
    const IN_A_ROW: usize = 20;
    let digits = datasets::mnist::<f32>(Some(Path::new("built-in")))?;
    let test = &digits.test;
    let of_class = |class| (0..test.len()).filter(move |&i| test.labels[i] == class);
    let rows: Vec<Vec<usize>> =
        (0..CLASSES).map(|class| of_class(class).take(IN_A_ROW).collect()).collect();
    let sheet = Array2::from_shape_fn((2 * SIDE * CLASSES, 2 * SIDE * IN_A_ROW), |(r, c)| {
        let (r, c) = (r / 2, c / 2);
        let digit = rows[r / SIDE].get(c / SIDE);
        digit.map_or(0.0, |&i| test.x[[i, r % SIDE * SIDE + c % SIDE]])
    });
    plot::digit(&out.join("built-in-digits"), &sheet, "digits drawn by this program")
}

/// The ledger in the `docs` folder below `root`; nothing, if there is none yet.
///
/// # Errors
/// If it is there and cannot be read.
pub fn ledger(root: &Path) -> Result<String> {
    let path = root.join("docs").join(LEDGER);
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| files::io_error(&path, &error)),
    }
}

/// Takes over into the `docs` folder below `root`: the pictures that pages
/// show and the outputs that they quote, both from the first seed's runs, the
/// `ledger`, and the overview of a `whole` tour. Returns what was written.
///
/// # Errors
/// If a page shows a picture that no run made, or quotes a chapter that is
/// not; nothing is written then. Or if a file cannot be read or written.
pub fn refresh(
    root: &Path,
    out: &Path,
    outcomes: &[Outcome],
    ledger: &str,
    whole: bool,
    data: Option<&Path>,
) -> Result<Vec<PathBuf>> {
    let docs = root.join("docs");
    let mut news: Vec<(PathBuf, Vec<u8>)> = vec![(docs.join(LEDGER), ledger.into())];
    for name in OWN_PICTURES {
        let from = out.join(name);
        if from.is_file() && (whole || !OF_A_WHOLE_TOUR.contains(&name)) {
            news.push((docs.join("pictures").join(name), read(&from)?));
        }
    }
    for page in pages(&docs)? {
        let text = String::from_utf8(read(&page)?)
            .map_err(|_| Error::at(&page, "is not UTF-8; save it as UTF-8"))?;
        for picture in pictures_shown(&text) {
            if let Some(from) = source(&picture, outcomes).map_err(|e| Error::at(&page, e))? {
                let to = docs.join("pictures").join(&picture);
                if !news.iter().any(|(path, _)| *path == to) {
                    news.push((to, read(&from)?));
                }
            }
        }
        let quote = |package: &str| quoted(package, outcomes, data, root);
        let fresh = replace_outputs(&text, quote).map_err(|e| Error::at(&page, e))?;
        if fresh != text {
            news.push((page, fresh.into_bytes()));
        }
    }
    for (path, content) in &news {
        files::write(path, |file| Ok(file.write_all(content)?))?;
    }
    Ok(news.into_iter().map(|(path, _)| path).collect())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| files::io_error(path, &error))
}

/// All pages in all languages, in order.
fn pages(docs: &Path) -> Result<Vec<PathBuf>> {
    let inside = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder).map_err(|error| files::io_error(folder, &error))?;
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect()
    };
    let mut pages = Vec::new();
    for folder in inside(docs)?.into_iter().filter(|path| path.is_dir()) {
        let files = inside(&folder)?;
        pages.extend(files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "md")));
    }
    pages.sort();
    Ok(pages)
}

/// The pictures that a page shows, `01-perceptron/accuracy.svg`, as it names
/// them below `../pictures/`.
pub fn pictures_shown(page: &str) -> Vec<String> {
    let ends_name = |c: char| c.is_whitespace() || ")\"'<>#?`".contains(c);
    page.split(PICTURES)
        .skip(1)
        .filter_map(|rest| rest.split(ends_name).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The file that a run made for `picture`; `None` if its chapter was not part
/// of the tour, or if it is the tour's own.
fn source(picture: &str, outcomes: &[Outcome]) -> std::result::Result<Option<PathBuf>, String> {
    if OWN_PICTURES.contains(&picture) {
        return Ok(None);
    }
    let (stem, file) = picture.split_once('/').unwrap_or(("", picture));
    if !CHAPTERS.iter().any(|chapter| chapter.stem == stem) {
        return Err(format!(
            "shows {PICTURES}{picture}, but the tour has no chapter in a folder of that name"
        ));
    }
    let Some(run) = first_run(outcomes, |outcome| outcome.chapter.stem == stem) else {
        return Ok(None);
    };
    let path = run.out.join(file);
    if made_by(run, &path) {
        Ok(Some(path))
    } else {
        Err(format!("shows {PICTURES}{picture}, but the chapter has not drawn {}", path.display()))
    }
}

fn first_run(outcomes: &[Outcome], wanted: impl Fn(&Outcome) -> bool) -> Option<&Run> {
    outcomes.iter().find(|outcome| wanted(outcome))?.runs.first()
}

/// Whether a file is this run's and not left over from an earlier one. Some
/// file systems round times to two seconds.
fn made_by(run: &Run, path: &Path) -> bool {
    let changed = fs::metadata(path).and_then(|data| data.modified());
    changed.is_ok_and(|changed| changed + Duration::from_secs(2) >= run.began)
}

/// What a page quotes of a chapter: its first run's stdout, with the paths
/// that a reader would see. `None` if it was not part of the tour.
fn quoted(
    package: &str,
    outcomes: &[Outcome],
    data: Option<&Path>,
    root: &Path,
) -> std::result::Result<Option<String>, String> {
    if !CHAPTERS.iter().any(|chapter| chapter.package == package) {
        return Err(format!("quotes {package}, but the tour has no such chapter"));
    }
    let Some(run) = first_run(outcomes, |outcome| outcome.chapter.package == package) else {
        return Ok(None);
    };
    let mut text = run.stdout.replace(&run.out.display().to_string(), &format!("out/{package}"));
    if let Some(data) = data {
        let by_reader = match data.file_name() {
            Some(name) if name == "mnist" => "data/cache/mnist",
            _ => "data/cache",
        };
        let given = data.display().to_string();
        text = text.replace(given.trim_end_matches(['/', '\\']), by_reader);
    }
    text = text.replace(&format!("{}{}", root.display(), std::path::MAIN_SEPARATOR), "");
    Ok(Some(text.trim().to_owned()))
}

/// The page with every block of output made new. A marker line
/// `<!-- output: perceptron -->` stands before a fenced block of `text`;
/// `quote` gives what belongs in it, or `None` to leave it.
///
/// # Errors
/// A fault for the page's name: the line, and what is missing there.
pub fn replace_outputs(
    page: &str,
    quote: impl Fn(&str) -> std::result::Result<Option<String>, String>,
) -> std::result::Result<String, String> {
    let mut fresh = String::new();
    let mut lines = page.split_inclusive('\n').enumerate();
    while let Some((number, line)) = lines.next() {
        fresh += line;
        let Some(package) =
            line.trim().strip_prefix(MARKER).and_then(|rest| rest.strip_suffix("-->"))
        else {
            continue;
        };
        let at = |fault: &str| format!("line {}: {fault}", number + 1);
        let quote = quote(package.trim()).map_err(|fault| at(&fault))?;
        let opening = lines.find(|(_, line)| {
            fresh += line;
            !line.trim().is_empty()
        });
        if opening.is_none_or(|(_, line)| line.trim() != "```text") {
            return Err(at("an output marker needs a ```text block under it"));
        }
        let mut old = String::new();
        let closing = lines.find(|(_, line)| {
            let closes = line.trim() == FENCE;
            if !closes {
                old += line;
            }
            closes
        });
        let (_, closing) = closing.ok_or_else(|| at("the block under it has no end"))?;
        match quote {
            Some(text) => fresh += &format!("{text}\n"),
            None => fresh += &old,
        }
        fresh += closing;
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Failure;
    use crate::runs::tests::made_up;

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
        assert_eq!(
            pictures_shown(page),
            ["01-perceptron/a.svg", "01-perceptron/b.png", "tour.svg"]
        );
    }

    #[test]
    fn a_quoted_output_has_the_paths_that_a_reader_sees() {
        let mut outcome = made_up(&["perceptron on MNIST: test accuracy 86.00 %"]);
        outcome.runs[0].stdout = "\
MNIST from /home/me/data/mnist
MNIST from /home/me/course/data/cache/mnist
pictures are in out/tour/perceptron/seed-1
"
        .to_owned();
        let (data, root) = (Path::new("/home/me/data/"), Path::new("/home/me/course"));
        let text = quoted("perceptron", &[outcome], Some(data), root).unwrap();
        assert_eq!(
            text.unwrap(),
            "MNIST from data/cache/mnist\n\
             MNIST from data/cache/mnist\n\
             pictures are in out/perceptron"
        );
        assert_eq!(quoted("hidden-layer", &[], None, root), Ok(None));
        assert!(quoted("nonsense", &[], None, root).is_err());
    }

    /// A course with one page, and a run of its first chapter with `pictures`.
    fn course(pictures: &[&str]) -> (tempfile::TempDir, Outcome) {
        let folder = tempfile::tempdir().unwrap();
        let docs = folder.path().join("docs/en");
        fs::create_dir_all(&docs).unwrap();
        let page = format!("![it](../pictures/01-perceptron/it.svg)\n\n{PAGE}");
        fs::write(docs.join("01-perceptron.md"), page).unwrap();
        let mut outcome = made_up(&["perceptron on MNIST: test accuracy 86.00 %"]);
        outcome.runs[0].out = folder.path().join("out");
        for name in pictures {
            files::write(&outcome.runs[0].out.join(name), |file| Ok(file.write_all(b"<svg/>")?))
                .unwrap();
        }
        (folder, outcome)
    }

    #[test]
    fn pages_get_their_ledger_pictures_and_outputs_and_no_other_picture() {
        let (folder, outcome) = course(&["it.svg", "other.svg"]);
        let root = folder.path();
        let written = refresh(root, &root.join("none"), &[outcome], "ledger", true, None).unwrap();
        assert_eq!(written.len(), 3);
        let text = |path: &str| fs::read_to_string(root.join("docs").join(path)).unwrap();
        assert_eq!(text("ledger.md"), "ledger");
        assert_eq!(text("pictures/01-perceptron/it.svg"), "<svg/>");
        assert!(text("en/01-perceptron.md").contains("perceptron on MNIST: test accuracy 86.00 %"));
        assert!(!root.join("docs/pictures/01-perceptron/other.svg").exists());
    }

    #[test]
    fn a_page_gets_its_output_in_every_language() {
        let (folder, outcome) = course(&["it.svg"]);
        let root = folder.path();
        fs::create_dir(root.join("docs/ja")).unwrap();
        fs::write(root.join("docs/ja/01-perceptron.md"), PAGE).unwrap();
        refresh(root, &root.join("none"), &[outcome], "ledger", true, None).unwrap();
        for language in ["en", "ja"] {
            let page = root.join("docs").join(language).join("01-perceptron.md");
            let text = fs::read_to_string(page).unwrap();
            assert!(text.contains("perceptron on MNIST: test accuracy 86.00 %"), "{language}");
        }
    }

    #[test]
    fn a_picture_that_was_not_drawn_is_named_and_nothing_is_written() {
        let (folder, outcome) = course(&[]);
        let root = folder.path();
        let error = refresh(root, root, &[outcome], "ledger", true, None).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("01-perceptron.md: shows ../pictures/01-perceptron/it.svg"),
            "{error}"
        );
        assert!(!root.join("docs/ledger.md").exists());
    }

    #[test]
    fn a_picture_from_an_earlier_run_is_not_taken() {
        let (folder, mut outcome) = course(&["it.svg"]);
        let root = folder.path();
        outcome.runs[0].began = std::time::SystemTime::now() + Duration::from_secs(60);
        assert!(refresh(root, root, &[outcome], "", false, None).is_err());
    }

    #[test]
    fn only_whole_runs_on_the_published_data_reach_the_pages() {
        let good = made_up(&["perceptron on MNIST: test accuracy 86.00 %"]);
        assert!(refuse_late(std::slice::from_ref(&good), false).is_ok());
        assert!(refuse_late(std::slice::from_ref(&good), true).is_err());
        let foreign = made_up(&["perceptron on built-in digits: test accuracy 86.00 %"]);
        let error = refuse_late(&[foreign], false).unwrap_err().to_string();
        assert!(error.contains("the runs saw built-in digits"), "{error}");
        let mut failed = good;
        failed.failure = Some(Failure {
            what: "seed 2".to_owned(),
            how: "ended with exit code 1".to_owned(),
            last_line: String::new(),
            log: PathBuf::new(),
        });
        let error = refuse_late(&[failed], false).unwrap_err().to_string();
        assert!(error.contains("perceptron failed"), "{error}");
        assert!(refuse_early(Some(Path::new("built-in"))).is_err());
    }
}
