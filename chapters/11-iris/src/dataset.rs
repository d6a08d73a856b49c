//! The table of flowers.

use std::path::{Path, PathBuf};

use common::{Error, Float, Result};
use datasets::Iris;
use datasets::iris::SPECIES;

/// The table that `--data` names, a CSV file or a folder with `iris.csv` or
/// `iris/iris.csv`, or else the built-in copy; and a text that says where it is from.
/// Fails if the file cannot be read or is no such table; if a species has fewer than two
/// flowers, one to train on and one to test.
pub fn load(data: Option<&Path>) -> Result<(Iris<Float>, String)> {
    let file = data.and_then(find_file);
    let origin = match (&file, data) {
        (Some(file), _) => file.display().to_string(),
        (None, Some(folder)) if folder.is_dir() => {
            format!("the built-in copy; {} holds no iris.csv", folder.display())
        }
        _ => "the built-in copy".to_owned(),
    };
    let flowers = datasets::iris::<Float>(file.as_deref())?;
    let path = file.unwrap_or_else(|| PathBuf::from("data/iris.csv"));
    for (species, name) in SPECIES.iter().enumerate() {
        let count = flowers.labels.iter().filter(|&&label| label == species).count();
        if count < 2 {
            let needs =
                "each species needs two flowers at least, one to learn from and one to test";
            return Err(Error::at(&path, format!("holds {count} of {name}; {needs}")));
        }
    }
    Ok((flowers, origin))
}

/// The file that `--data` names; `None` for the built-in copy.
fn find_file(data: &Path) -> Option<PathBuf> {
    if data == Path::new("built-in") {
        return None;
    }
    if !data.is_dir() {
        return Some(data.to_owned()); // if it does not exist, loading it fails
    }
    [data.join("iris.csv"), data.join("iris/iris.csv")].into_iter().find(|file| file.is_file())
}
