//! Renews `docs/` from the runs: the ledger, the pictures, the numbers of live figures, and
//! the output that pages quote. Nothing is written before everything is found.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::Duration;

use common::look::FILE;
use common::{Error, Result, files, plot};
use datasets::Dataset;
use datasets::images::{CLASSES, FASHION_MNIST, MNIST, SIDE};
use ndarray::Array2;

use crate::chapters::{self, Chapter};
use crate::look;
use crate::markdown::{self, PICTURES};
use crate::results::{ChapterResult, Run, other_data};
use crate::run::look_folder;

/// Pictures of the tour itself, in `docs/pictures`.
const TOUR_PICTURES: [&str; 3] = ["tour.svg", "tour.png", "built-in-digits.png"];
/// The folder of drawings, which are not from runs: the package `book` draws them.
const DRAWINGS: &str = "drawings/";

/// What `docs/` is renewed from.
pub struct Docs<'a> {
    /// The folder of the workspace.
    pub root: &'a Path,
    /// The folder with the tour's output.
    pub out: &'a Path,
    /// The results of the chapters; the pages show each one's first run.
    pub results: &'a [ChapterResult],
    /// The user's data folder, if one was given.
    pub data: Option<&'a Path>,
}

/// Refuses what can be refused before anything runs. `data` is the folder from
/// `--data` or `DATASETS_DIR`.
pub fn check_before(data: Option<&Path>) -> Result {
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

/// Refuses images that are not the published ones, whatever their folder is called.
pub fn check_data(data: Option<&Path>) -> Result {
    for (info, Dataset { train, test, origin, .. }) in [
        (MNIST, datasets::mnist::<f32>(data)?),
        (FASHION_MNIST, datasets::fashion_mnist::<f32>(data)?),
    ] {
        if info.is_published(&train, &test) != [true; 2] {
            return Err(Error::new(format!(
                "--write-docs: the pages show figures of {} as published, and these images are \
                 others ({origin}); give another --data",
                info.name
            )));
        }
    }
    Ok(())
}

/// Refuses what only shows after the runs.
pub fn check_after(results: &[ChapterResult], stopped: bool) -> Result {
    let fault = if stopped {
        "the tour was stopped".to_owned()
    } else if let Some(failed) = results.iter().find(|result| result.failure.is_some()) {
        format!("{} failed", failed.chapter.package)
    } else if let Some(skipped) = results.iter().find(|result| result.skipped.is_some()) {
        format!("{} was skipped", skipped.chapter.package)
    } else if let Some((used, published)) = other_data(results).first() {
        format!("the runs used {used}, and the pages show {published}'s figures")
    } else {
        return Ok(());
    };
    Err(Error::new(format!("--write-docs: {fault}, so docs/ stays as it was")))
}

/// Draws `built-in-digits.png` in `out`: a row for each class with twenty
/// digits, every pixel a square of 2x2.
/// Fails if the digits cannot be drawn or the picture cannot be written.
pub fn draw_built_in_digits(out: &Path) -> Result {
    const COLUMNS: usize = 20;
    let digits = datasets::mnist::<f32>(Some(Path::new("built-in")))?;
    let test = &digits.test;
    let of_class = |class| (0..test.len()).filter(move |&i| test.labels[i] == class);
    let rows: Vec<Vec<usize>> =
        (0..CLASSES).map(|class| of_class(class).take(COLUMNS).collect()).collect();
    let sheet = Array2::from_shape_fn((2 * SIDE * CLASSES, 2 * SIDE * COLUMNS), |(r, c)| {
        let (r, c) = (r / 2, c / 2);
        let digit = rows[r / SIDE].get(c / SIDE);
        digit.map_or(0.0, |&i| test.x[[i, r % SIDE * SIDE + c % SIDE]])
    });
    plot::digit(&out.join("built-in-digits"), &sheet, "digits drawn by this program")
}

impl Docs<'_> {
    /// Whether every chapter is among the results.
    pub fn are_whole(&self) -> bool {
        self.results.len() == chapters::all().len()
    }

    /// The present `docs/ledger.md`; empty if there is none.
    /// Fails if it cannot be read.
    pub fn old_ledger(&self) -> Result<String> {
        let path = self.root.join("docs/ledger.md");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            text => text.map_err(|error| files::io_error(&path, &error)),
        }
    }

    /// Writes `ledger`, the pictures and live figures that pages show and the output that
    /// they quote. Returns the paths of all files written.
    /// Fails if a page shows a picture or a network that no run made, or quotes a chapter that does
    /// not exist; nothing is written then. Or if a file cannot be read or written.
    pub fn write(&self, ledger: &str) -> Result<Vec<PathBuf>> {
        let docs = self.root.join("docs");
        let mut changed: Vec<(PathBuf, Vec<u8>)> = vec![(docs.join("ledger.md"), ledger.into())];
        for name in TOUR_PICTURES {
            let from = self.out.join(name);
            let needs_all_chapters = name.starts_with("tour.");
            if from.is_file() && (self.are_whole() || !needs_all_chapters) {
                changed.push((docs.join("pictures").join(name), read(&from)?));
            }
        }
        for page in pages(&docs)? {
            let fault = |fault: String| Error::at(&page, fault);
            let text = String::from_utf8(read(&page)?)
                .map_err(|_| fault("is not UTF-8; save it as UTF-8".to_owned()))?;
            for picture in markdown::pictures(&text) {
                let to = docs.join("pictures").join(&picture);
                if let Some(from) = self.picture(&picture).map_err(fault)?
                    && !changed.iter().any(|(path, _)| *path == to)
                {
                    changed.push((to, read(&from)?));
                }
            }
            if text.contains(look::MARKER)
                && let Some((to, script)) = self.numbers(&page).map_err(fault)?
                && !changed.iter().any(|(path, _)| *path == to)
            {
                changed.push((to, script.into_bytes()));
            }
            let new_text =
                markdown::replace_outputs(&text, |package| self.output(package)).map_err(fault)?;
            if new_text != text {
                changed.push((page, new_text.into_bytes()));
            }
        }
        for (path, content) in &changed {
            files::write(path, |file| Ok(file.write_all(content)?))?;
        }
        Ok(changed.into_iter().map(|(path, _)| path).collect())
    }

    /// The file of `picture` in the first run of its chapter; `None` if the
    /// chapter was not part of the tour, or if it is a picture of the tour's own or a drawing.
    fn picture(&self, picture: &str) -> std::result::Result<Option<PathBuf>, String> {
        if TOUR_PICTURES.contains(&picture) || picture.starts_with(DRAWINGS) {
            return Ok(None);
        }
        let (folder, file) = picture.split_once('/').unwrap_or(("", picture));
        let fault = |fault: &str| format!("shows {PICTURES}{picture}, but the {fault}");
        let run = self.first_run(|chapter| chapter.folder == folder);
        let unknown = || fault("tour has no chapter in a folder of that name");
        let Some((_, run)) = run.ok_or_else(unknown)? else { return Ok(None) };
        let path = run.out.join(file);
        if is_new(&path, run) {
            return Ok(Some(path));
        }
        Err(fault(&format!("chapter has not drawn {}", path.display())))
    }

    /// The file for the numbers of the live figure on `page`, and its text; `None` if the
    /// page's chapter was not part of the tour.
    fn numbers(&self, page: &Path) -> std::result::Result<Option<(PathBuf, String)>, String> {
        let folder = page.file_stem().unwrap_or_default().to_string_lossy();
        let Some(run) = self.first_run(|chapter| chapter.folder == folder) else {
            return Err("shows a network, and the tour has no chapter of its name".to_owned());
        };
        let Some((chapter, run)) = run else { return Ok(None) };
        let path = look_folder(chapter, run).join(FILE);
        let html = if is_new(&path, run) { fs::read_to_string(&path).ok() } else { None };
        let script = html.and_then(|html| look::script(&html)).ok_or_else(|| {
            format!("shows a network, and the chapter has not written {}", path.display())
        })?;
        let to = self.root.join("docs/pictures").join(&*folder).join("look.js");
        Ok(Some((to, script)))
    }

    /// The stdout of a chapter's first run, with the paths that a reader would
    /// see; `None` if it was not part of the tour.
    /// Fails if there is no such chapter.
    pub fn output(&self, package: &str) -> std::result::Result<Option<String>, String> {
        let run = self.first_run(|chapter| chapter.package == package);
        let unknown = || format!("quotes {package}, but the tour has no such chapter");
        let Some((_, run)) = run.ok_or_else(unknown)? else { return Ok(None) };
        let out = run.out.display().to_string();
        let mut text = run.stdout.replace(&out, &format!("out/{package}"));
        if let Some(data) = self.data {
            let is_mnist = data.file_name().is_some_and(|name| name == "mnist");
            let for_readers = if is_mnist { "data/cache/mnist" } else { "data/cache" };
            let data = data.display().to_string();
            text = text.replace(data.trim_end_matches(['/', '\\']), for_readers);
        }
        text = text.replace(&format!("{}{MAIN_SEPARATOR}", self.root.display()), "");
        Ok(Some(text.trim().to_owned()))
    }

    /// The first run of the chapter that `is_it`, if it was part of the tour; `None` if
    /// there is no such chapter.
    fn first_run(
        &self,
        is_it: impl Fn(&Chapter) -> bool,
    ) -> Option<Option<(&'static Chapter, &Run)>> {
        chapters::all().iter().find(|chapter| is_it(chapter))?;
        let result = self.results.iter().find(|result| is_it(result.chapter));
        Some(result.and_then(|result| Some((result.chapter, result.runs.first()?))))
    }
}

/// Whether `run` has written the file, and not an earlier run. Some file systems
/// round times to two seconds.
fn is_new(path: &Path, run: &Run) -> bool {
    let modified = fs::metadata(path).and_then(|data| data.modified());
    modified.is_ok_and(|time| time + Duration::from_secs(2) >= run.began)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    files::read(path).map_err(|error| files::io_error(path, &error))
}

/// All pages in all languages, sorted.
fn pages(docs: &Path) -> Result<Vec<PathBuf>> {
    let entries = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder).map_err(|error| files::io_error(folder, &error))?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut pages = Vec::new();
    for folder in entries(docs)?.iter().filter(|path| path.is_dir()) {
        pages.extend(entries(folder)?);
    }
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages.sort();
    Ok(pages)
}
