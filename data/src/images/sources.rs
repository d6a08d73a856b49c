//! Where data sets are looked for, and in which order.

use std::io::ErrorKind;
use std::iter::zip;
use std::path::{Path, PathBuf};
use std::{env, fs};

use common::{Error, Real, Result};

use super::dataset::{Dataset, Origin};
use super::files::{Files, find, find_in, is_there, names};
use super::info::DatasetInfo;
use super::{built_in, load};
use crate::digits::{IMAGES_TEST, IMAGES_TRAIN};
use crate::fetch::{self, FetchError, Limits, RemoteFile};
use crate::idx;

const BUILT_IN: &str = "built-in";

const DOWNLOAD_AGAIN: &str = "delete it and run again to download it anew";

/// The places to look in. [`Sources::new`] takes those of this machine; tests use
/// others.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The value of the flag `--data`: a folder, or `built-in`.
    pub data: Option<PathBuf>,
    /// The value of the variable `DATASETS_DIR`: a folder, or `built-in`.
    pub variable: Option<PathBuf>,
    /// The cache folder.
    pub cache: PathBuf,
    /// Addresses to use in place of the data set's own mirrors.
    pub mirrors: Option<Vec<String>>,
    /// How long to wait for them.
    pub limits: Limits,
    /// Number of built-in digits for training and for the test.
    pub digits: [usize; 2],
}

/// Where a data set would be taken from.
#[derive(Debug)]
pub enum Location {
    /// This folder, which holds all four files.
    Folder(PathBuf),
    /// This mirror, which answers.
    Mirror(String),
    /// This package draws digits: nobody asked for anything else, or there is no network.
    BuiltIn(Option<FetchError>),
}

/// The files of a data set, and the cure if one is damaged; `None` for the built-in digits.
type Found = Option<(Files, &'static str)>;

impl Sources {
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

    /// Finds the data set and loads it. Fails if a folder that the user gave does not hold the
    /// four files, complete and undamaged, or if a file in the cache is damaged.
    pub fn load<F: Real>(&self, info: &DatasetInfo) -> Result<Dataset<F>> {
        let Some((files, cure)) = self.find(info)? else {
            return Ok(built_in::load(&self.cache, self.digits));
        };
        let folder = files.folder.clone();
        let paths = files.all().map_err(|i| missing(&folder, info, i))?;
        let (train, test) = load::splits(&paths, info, cure)?;
        let cure = if cure == DOWNLOAD_AGAIN { format!("; {cure}") } else { String::new() };
        for oddity in info.oddities(&train, &test) {
            eprintln!("NOTICE: {}: {oddity}{cure}", folder.display());
        }
        let origin = Origin::Folder(folder);
        Ok(Dataset { name: info.name, origin, train, test, classes: info.classes })
    }

    /// Where [`Sources::load`] would take the data set from. Downloads nothing, and does not
    /// look for damage. Fails if a folder that the user gave does not hold the four files.
    pub fn locate(&self, info: &DatasetInfo) -> Result<Location> {
        let in_cache = || find_in(&self.cache.join(info.folders[0]), info);
        let (files, given) = match self.find_given(info)? {
            Some(None) => return Ok(Location::BuiltIn(None)),
            Some(Some((files, _))) => (files, true),
            None => (in_cache(), false),
        };
        let folder = files.folder.clone();
        match files.all() {
            Ok(_) => Ok(Location::Folder(folder)),
            Err(i) if given => Err(missing(&folder, info, i)),
            Err(i) => {
                let (mirrors, name) = (self.mirrors(info), info.files[i].name);
                Ok(match fetch::first_to_answer(&mirrors, name, &self.limits) {
                    Ok(mirror) => Location::Mirror(mirror.to_owned()),
                    Err(error) => Location::BuiltIn(Some(error)),
                })
            }
        }
    }

    fn find(&self, info: &DatasetInfo) -> Result<Found> {
        if let Some(found) = self.find_given(info)? {
            return Ok(found);
        }
        match self.find_in_cache(info) {
            Ok(files) => Ok(Some((files, DOWNLOAD_AGAIN))),
            Err(error) => {
                print_notice(&error, info);
                Ok(None)
            }
        }
    }

    /// What the flag or the variable selects; `None` if neither does.
    fn find_given(&self, info: &DatasetInfo) -> Result<Option<Found>> {
        if let Some(data) = &self.data {
            return look_in("--data ", data, info).map(Some);
        }
        if let Some(folder) = &self.variable {
            match look_in("DATASETS_DIR=", folder, info)? {
                Some((files, _)) if files.is_empty() => eprintln!(
                    "DATASETS_DIR={} holds no {}; looking further",
                    folder.display(),
                    info.name
                ),
                found => return Ok(Some(found)),
            }
        }
        Ok(None)
    }

    /// Downloads what the cache lacks.
    fn find_in_cache(&self, info: &DatasetInfo) -> std::result::Result<Files, FetchError> {
        let folder = self.cache.join(info.folders[0]);
        let files = find_in(&folder, info);
        let missing = zip(info.files, files.paths).filter(|(_, path)| path.is_none());
        let missing: Vec<RemoteFile> = missing.map(|(file, _)| file).collect();
        fetch::fetch(&missing, &self.mirrors(info), &folder, &self.limits)?;
        Ok(find_in(&folder, info))
    }

    fn mirrors<'a>(&'a self, info: &DatasetInfo) -> Vec<&'a str> {
        match &self.mirrors {
            Some(mirrors) => mirrors.iter().map(String::as_str).collect(),
            None => info.mirrors.to_vec(),
        }
    }
}

/// Looks in a folder that the user gave by a flag or a variable.
fn look_in(given_by: &str, folder: &Path, info: &DatasetInfo) -> Result<Found> {
    if folder == Path::new(BUILT_IN) {
        return Ok(None);
    }
    // With the dot, which needs the permission to look into it.
    if let Err(error) = fs::metadata(folder.join(".")) {
        let fault = match error.kind() {
            ErrorKind::NotFound if folder.is_symlink() => "is a link to nothing".to_owned(),
            ErrorKind::NotFound => "does not exist".to_owned(),
            ErrorKind::NotADirectory => "is not a folder".to_owned(),
            _ => format!("cannot be opened ({error})"),
        };
        return Err(Error::new(format!(
            "{given_by}{}: {fault}; give the folder that holds the four files of {}, or {BUILT_IN}",
            folder.display(),
            info.name
        )));
    }
    Ok(Some((find(folder, info), idx::REPLACE)))
}

fn missing(folder: &Path, info: &DatasetInfo, i: usize) -> Error {
    let inside = info.folders.map(|name| folder.join(name));
    if let Some(wrong) = inside.iter().find(|inner| is_there(inner) && !inner.is_dir()) {
        return Error::at(wrong, "is not a folder, or is a link to nothing; mend it");
    }
    let [plain, others @ ..] = &names(info.files[i].name);
    let (inside, others) = (info.folders[0], others.join(", "));
    let fault = format!("{plain} of {} is missing", info.name);
    let cure = format!("put it there, or into {inside}/ inside; the names {others} will also do");
    Error::at(folder, format!("{fault}; {cure}"))
}

/// A notice that the lesson will use other data than its figures are about.
fn print_notice(error: &FetchError, info: &DatasetInfo) {
    let name = info.name;
    let cure = match error {
        FetchError::NoNetwork(_) => "Run again with a network",
        FetchError::Tls(_) => {
            "If a proxy signs connections anew, add its certificate to the system's (on Linux, \
             SSL_CERT_FILE may name it); if the clock is wrong, set it"
        }
        FetchError::NoMirror(..) => "Try again later",
        FetchError::Disk(..) => "Set DATASETS_CACHE to a folder that can be written",
    };
    eprintln!(
        "NOTICE: {name} cannot be downloaded: {error}.\n\
         NOTICE: the built-in digits step in, so figures will differ from {name}'s.\n\
         NOTICE: {cure}, or give the folder that holds {name}'s files with --data DIR."
    );
}

/// The folder for downloads: `DATASETS_CACHE` if set; else `data/cache` of the
/// workspace that this was built in, if it still exists; else `data/cache` below
/// the current folder.
pub fn cache_folder() -> PathBuf {
    if let Some(folder) = folder_in("DATASETS_CACHE") {
        return folder;
    }
    let current = env::current_dir().unwrap_or_default();
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !package.is_dir() {
        return Path::new("data").join("cache");
    }
    // Relative to the current folder where possible, which is short in messages.
    package.strip_prefix(current).unwrap_or(package).join("cache")
}

/// The value of an environment variable; empty counts as unset.
fn folder_in(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}
