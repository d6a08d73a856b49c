//! Renews `docs/` from the runs: the ledger, the pictures, the numbers of live figures, and
//! the outputs and numbers that pages quote. Nothing is written before everything is found.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::iter::once;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::Duration;

use common::look::FILE;
use common::{Error, Result, files, plot};
use datasets::images::{CLASSES, SIDE};
use ndarray::Array2;

use crate::chapters::{self, Chapter};
use crate::ledger::Ledger;
use crate::look;
use crate::markdown::{self, PICTURES};
use crate::numbers::{self, MAIN, Numbers};
use crate::results::{ChapterResult, Run};
use crate::run::look_folder;
use crate::translate::{JAPANESE, translate, words};

/// Pictures of the tour itself, in `docs/pictures`.
const TOUR_PICTURES: [&str; 3] = ["tour.svg", "tour.png", "built-in-digits.png"];
/// The folder of drawings, which are not from runs: the package `book` draws them.
const DRAWINGS: &str = "drawings/";
/// The folder of charts from a machine with a GPU, which `tests/examples/gpu_figures.rs` draws.
const FROM_GPU: &str = "gpu/";

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
    fn old_ledger(&self) -> Result<String> {
        let path = self.root.join("docs/ledger.md");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            text => text.map_err(|error| files::io_error(&path, &error)),
        }
    }

    /// Writes `ledger`, the pictures and live figures that pages show, what they quote from
    /// these runs, and the pages. `numbers` is what they quote so far. Returns the paths of all
    /// files written.
    /// Fails if a page shows a picture or a network that no run made, or quotes what is not
    /// there; nothing is written then. Or if a file cannot be read or written.
    pub fn write(&self, ledger: &Ledger, mut numbers: Numbers) -> Result<Vec<PathBuf>> {
        let docs = self.root.join("docs");
        let mut changed: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        changed.insert(docs.join("ledger.md"), ledger.update(&self.old_ledger()?).into());
        for name in TOUR_PICTURES {
            let from = self.out.join(name);
            let needs_all_chapters = name.starts_with("tour.");
            if from.is_file() && (self.are_whole() || !needs_all_chapters) {
                changed.insert(docs.join("pictures").join(name), read(&from)?);
                if let Some(stem) = name.strip_suffix(".svg") {
                    let words = words(&docs)?;
                    let in_japanese = translate(&read_text(&from)?, &words)
                        .map_err(|fault| Error::at(&from, fault))?;
                    let to = docs.join("pictures").join(format!("{stem}{JAPANESE}"));
                    changed.insert(to, in_japanese.into_bytes());
                }
            }
        }
        for result in self.results {
            let folder = &result.chapter.folder;
            for (path, text) in self.kept(result, ledger)? {
                let path = docs.join(path);
                let fault = |fault: String| Error::at(&path, fault);
                numbers.add(folder, &path, text.clone()).map_err(fault)?;
                changed.insert(path, text.into_bytes());
            }
        }
        for page in self.pages()? {
            let fault = |fault: String| Error::at(&page, fault);
            let text = read_text(&page)?;
            for picture in markdown::pictures(&text) {
                let to = docs.join("pictures").join(&picture);
                let original = picture.replace(JAPANESE, ".svg");
                let Some(from) = self.picture(&original).map_err(fault)? else { continue };
                let content = if original == picture {
                    read(&from)?
                } else {
                    translate(&read_text(&from)?, &words(&docs)?).map_err(fault)?.into_bytes()
                };
                changed.insert(to, content);
            }
            if text.contains(look::MARKER)
                && let Some((to, script)) = self.numbers(&page).map_err(fault)?
            {
                changed.insert(to, script.into_bytes());
            }
            let new_text = markdown::renew(&text, &numbers).map_err(fault)?;
            if new_text != text {
                changed.insert(page, new_text.into_bytes());
            }
        }
        for (path, content) in &changed {
            files::write(path, |file| Ok(file.write_all(content)?))?;
        }
        Ok(changed.into_keys().collect())
    }

    /// All pages in all languages and the READMEs, sorted.
    fn pages(&self) -> Result<Vec<PathBuf>> {
        let entries = |folder: &Path| -> Result<Vec<PathBuf>> {
            let entries = fs::read_dir(folder).map_err(|error| files::io_error(folder, &error))?;
            entries.map(|entry| Ok(entry?.path())).collect()
        };
        let mut pages: Vec<PathBuf> = entries(self.root)?;
        for folder in entries(&self.root.join("docs"))?.iter().filter(|path| path.is_dir()) {
            pages.extend(entries(folder)?);
        }
        pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
        pages.sort();
        Ok(pages)
    }

    /// What pages may quote from `result`: files below `docs`, and their content.
    fn kept(&self, result: &ChapterResult, ledger: &Ledger) -> Result<Vec<(PathBuf, String)>> {
        let (chapter, Some(first)) = (result.chapter, result.runs.first()) else {
            return Ok(Vec::new());
        };
        let output = |name: &str, stdout: &str, out: &Path| {
            let file = numbers::output_file(&chapter.folder, name);
            (file, self.for_readers(&chapter.package, stdout, out) + "\n")
        };
        let mut kept = vec![output(MAIN, &first.stdout, &first.out)];
        for (name, stdout) in &result.page_runs {
            kept.push(output(name, stdout, &first.out.with_file_name(name)));
        }
        let mut figures = Vec::new();
        ledger.csv([result], &mut figures)?;
        let figures = String::from_utf8_lossy(&figures).into_owned();
        kept.push((numbers::figures_file(&chapter.folder), figures));
        Ok(kept)
    }

    /// The stdout of a run of `package` into the folder `out`, with the paths that a reader
    /// would see.
    pub fn for_readers(&self, package: &str, stdout: &str, out: &Path) -> String {
        let mut text = stdout.replace(&out.display().to_string(), &format!("out/{package}"));
        if let Some(data) = self.data {
            let is_mnist = data.file_name().is_some_and(|name| name == "mnist");
            let for_readers = if is_mnist { "data/cache/mnist" } else { "data/cache" };
            let data = data.display().to_string();
            text = text.replace(data.trim_end_matches(['/', '\\']), for_readers);
        }
        text = text.replace(&format!("{}{MAIN_SEPARATOR}", self.root.display()), "");
        text.trim().to_owned()
    }

    /// The file of `picture` in the first run of its chapter, or in one for its page; `None`
    /// if the chapter was not part of the tour, or if it is none of a chapter's.
    fn picture(&self, picture: &str) -> std::result::Result<Option<PathBuf>, String> {
        let is_of_no_chapter = [DRAWINGS, FROM_GPU].iter().any(|name| picture.starts_with(name));
        if TOUR_PICTURES.contains(&picture) || is_of_no_chapter {
            return Ok(None);
        }
        let (folder, file) = picture.split_once('/').unwrap_or(("", picture));
        let fault = |fault: &str| format!("shows {PICTURES}{picture}, but the {fault}");
        let run = self.first_run(|chapter| chapter.folder == folder);
        let unknown = || fault("tour has no chapter in a folder of that name");
        let Some((result, run)) = run.ok_or_else(unknown)? else { return Ok(None) };
        let for_page = result.page_runs.keys().map(|name| run.out.with_file_name(name));
        let mut paths = once(run.out.clone()).chain(for_page).map(|out| out.join(file));
        let drawn = paths.find(|path| is_new(path, run));
        let missing = || fault(&format!("chapter has not drawn {}", run.out.join(file).display()));
        drawn.map(Some).ok_or_else(missing)
    }

    /// The file for the numbers of the live figure on `page`, and its text; `None` if the
    /// page's chapter was not part of the tour.
    fn numbers(&self, page: &Path) -> std::result::Result<Option<(PathBuf, String)>, String> {
        let folder = page.file_stem().unwrap_or_default().to_string_lossy();
        let Some(run) = self.first_run(|chapter| chapter.folder == folder) else {
            return Err("shows a network, and the tour has no chapter of its name".to_owned());
        };
        let Some((result, run)) = run else { return Ok(None) };
        let path = look_folder(result, run).join(FILE);
        let html = if is_new(&path, run) { fs::read_to_string(&path).ok() } else { None };
        let script = html.and_then(|html| look::script(&html)).ok_or_else(|| {
            format!("shows a network, and the chapter has not written {}", path.display())
        })?;
        let to = self.root.join("docs/pictures").join(&*folder).join("look.js");
        Ok(Some((to, script)))
    }

    /// The first run of the chapter that `is_it`, if it was part of the tour; `None` if
    /// there is no such chapter.
    fn first_run(
        &self,
        is_it: impl Fn(&Chapter) -> bool,
    ) -> Option<Option<(&ChapterResult, &Run)>> {
        chapters::all().iter().find(|chapter| is_it(chapter))?;
        let result = self.results.iter().find(|result| is_it(result.chapter));
        Some(result.and_then(|result| Some((result, result.runs.first()?))))
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

fn read_text(path: &Path) -> Result<String> {
    let not_text = |_| Error::at(path, "is not UTF-8; save it as UTF-8".to_owned());
    String::from_utf8(read(path)?).map_err(not_text)
}
