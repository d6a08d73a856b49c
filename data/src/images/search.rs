//! Where to look for a data set, and in which order.

use std::env;
use std::path::{Path, PathBuf};

use super::folder::{Contents, look, look_in, names};
use super::{Collection, Dataset, Origin, built_in, load};
use crate::digits::{IMAGES_TEST, IMAGES_TRAIN};
use crate::fetch::{Failure, Limits, fetch};
use crate::{Error, Real, idx, partial};

const BUILT_IN: &str = "built-in";

const DOWNLOAD_ANEW: &str = "delete it and run again to download it anew";

/// The places to look in. [`Search::new`] takes those of this machine; tests
/// name others.
#[derive(Clone, Debug)]
pub struct Search {
    /// The folder that the user gave with `--data`, or `built-in`.
    pub data: Option<PathBuf>,
    /// The folder that `DATASETS_DIR` names, or `built-in`.
    pub variable: Option<PathBuf>,
    /// The cache folder.
    pub cache: PathBuf,
    /// Addresses that stand in for the collection's own mirrors.
    pub mirrors: Option<Vec<String>>,
    /// How long to wait for them.
    pub limits: Limits,
    /// How many built-in digits to draw for training and for the test.
    pub digits: [usize; 2],
}

/// Where a search ended.
enum Place {
    BuiltIn,
    Files { contents: Contents, cure: &'static str },
}

impl Search {
    /// The usual places: `data`, the environment, the cache, the network.
    pub fn new(data: Option<&Path>) -> Self {
        Self {
            data: data.map(Path::to_owned),
            variable: folder_in("DATASETS_DIR"),
            cache: cache_folder(),
            mirrors: None,
            limits: Limits::default(),
            digits: [IMAGES_TRAIN, IMAGES_TEST],
        }
    }

    /// Finds the collection and loads it.
    ///
    /// # Errors
    /// If a folder that the user named does not hold the four files whole, or
    /// a file in the cache was damaged.
    pub fn load<F: Real>(&self, collection: &Collection) -> Result<Dataset<F>, Error> {
        let (contents, cure) = match self.find(collection)? {
            Place::Files { contents, cure } => (contents, cure),
            Place::BuiltIn => return Ok(built_in::load(&self.cache, self.digits)),
        };
        let folder = contents.folder.clone();
        let files = contents.all().map_err(|i| missing(&folder, collection, i))?;
        let (train, test) = load::splits(&files, collection, cure)?;
        Ok(Dataset {
            name: collection.name,
            origin: Origin::Folder(folder),
            train,
            test,
            classes: collection.classes,
        })
    }

    fn find(&self, collection: &Collection) -> Result<Place, Error> {
        if let Some(data) = &self.data {
            return given("--data ", data, collection);
        }
        if let Some(folder) = &self.variable {
            match given("DATASETS_DIR=", folder, collection)? {
                Place::Files { contents, .. } if contents.is_empty() => eprintln!(
                    "DATASETS_DIR={} holds no {}; looking further",
                    folder.display(),
                    collection.name
                ),
                found => return Ok(found),
            }
        }
        match self.cached(collection) {
            Ok(contents) => Ok(Place::Files { contents, cure: DOWNLOAD_ANEW }),
            Err(failure) => {
                announce(&failure, collection);
                Ok(Place::BuiltIn)
            }
        }
    }

    /// The cache, once the files that it lacks have been downloaded.
    fn cached(&self, collection: &Collection) -> Result<Contents, Failure> {
        let folder = self.cache.join(collection.folders[0]);
        partial::sweep(&folder);
        let contents = look_in(&folder, collection);
        let missing: Vec<_> = collection
            .files
            .into_iter()
            .zip(&contents.files)
            .filter_map(|(file, found)| found.is_none().then_some(file))
            .collect();
        if missing.is_empty() {
            return Ok(contents);
        }
        match &self.mirrors {
            Some(mirrors) => fetch(&missing, mirrors, &folder, &self.limits)?,
            None => fetch(&missing, collection.mirrors, &folder, &self.limits)?,
        }
        Ok(look_in(&folder, collection))
    }
}

/// A folder, or the word `built-in`, that the user gave by a flag or variable.
fn given(by: &str, folder: &Path, collection: &Collection) -> Result<Place, Error> {
    if folder == Path::new(BUILT_IN) {
        return Ok(Place::BuiltIn);
    }
    if !folder.is_dir() {
        let fault = if folder.exists() { "is not a folder" } else { "does not exist" };
        let place = format!("{by}{}", folder.display());
        let name = collection.name;
        let cure = format!("give the folder that holds the four files of {name}, or {BUILT_IN}");
        return Err(Error::new(place, fault, cure));
    }
    Ok(Place::Files { contents: look(folder, collection), cure: idx::REPLACE })
}

fn missing(folder: &Path, collection: &Collection, i: usize) -> Error {
    let names = names(collection.files[i].name);
    let [plain, rest @ ..] = &names;
    let fault = format!("{plain} of {} is missing", collection.name);
    let cure = format!(
        "put it there, or into {}/ inside; the names {} will also do",
        collection.folders[0],
        rest.join(", ")
    );
    Error::at(folder, fault, cure)
}

/// The loud line: what the lesson is about to show is not what it promises.
fn announce(failure: &Failure, collection: &Collection) {
    let name = collection.name;
    let cure = match failure {
        Failure::NoNetwork(_) => "Run again with a network",
        Failure::Refused(..) => "Try again later",
        Failure::Disk(..) => "Set DATASETS_CACHE to a folder that can be written",
    };
    eprintln!(
        "NOTICE: {name} cannot be downloaded: {failure}.\n\
         NOTICE: the built-in digits step in, so figures will differ from {name}'s.\n\
         NOTICE: {cure}, or give the folder that holds {name}'s files with --data DIR."
    );
}

/// The folder for downloads: `DATASETS_CACHE` if set; else `data/cache` of the
/// workspace that this was built in, if it is still there; else `data/cache`
/// below the current folder.
pub fn cache_folder() -> PathBuf {
    if let Some(folder) = folder_in("DATASETS_CACHE") {
        return folder;
    }
    let here = env::current_dir().unwrap_or_default();
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !package.is_dir() {
        return Path::new("data").join("cache");
    }
    // Short in messages where it can be: `data/cache` from the workspace.
    package.strip_prefix(here).unwrap_or(package).join("cache")
}

/// The value of an environment variable; empty counts as unset.
fn folder_in(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}
