//! Where the flowers come from, and whether they will do.

use std::path::{Path, PathBuf};

use common::{Error, Float, Result};
use datasets::Iris;
use datasets::iris::SPECIES;

/// The flowers of `--data`: a CSV file, a folder that holds `iris.csv` or
/// `iris/iris.csv`, or the built-in copy, which is all of Fisher's table and
/// stands in for any other folder. Also where they are from, for people.
///
/// # Errors
/// If the file cannot be read or holds something else; if a species has fewer than
/// two flowers, one to learn from and one to test.
pub fn load(data: Option<&Path>) -> Result<(Iris<Float>, String)> {
    let file = data.and_then(file_in);
    let origin = match (&file, data) {
        (Some(file), _) => file.display().to_string(),
        (None, Some(folder)) if folder.is_dir() => {
            format!("the built-in copy; {} holds no iris.csv", folder.display())
        }
        _ => "the built-in copy".to_owned(),
    };
    let flowers = datasets::iris::<Float>(file.as_deref())?;
    let place = file.unwrap_or_else(|| PathBuf::from("data/iris.csv"));
    for (species, name) in SPECIES.iter().enumerate() {
        let count = flowers.labels.iter().filter(|&&label| label == species).count();
        if count < 2 {
            let fault = format!(
                "holds {count} of {name}; each species needs two flowers at least, \
                 one to learn from and one to test"
            );
            return Err(Error::at(&place, fault));
        }
    }
    const MOST: f64 = 1e6; // cm: the sum of their squares must not overflow f32
    if let Some(length) = flowers.x.iter().find(|&&length| f64::from(length) > MOST) {
        let fault = format!(
            "holds a length of {length} cm, and no flower is that large; \
             mend the file, or leave it out to use the built-in copy"
        );
        return Err(Error::at(&place, fault));
    }
    Ok((flowers, origin))
}

/// The file that `--data` means; `None` for the built-in copy.
fn file_in(data: &Path) -> Option<PathBuf> {
    if data == Path::new("built-in") {
        return None;
    }
    if !data.is_dir() {
        return Some(data.to_owned()); // the loader says so if it is not there
    }
    [data.join("iris.csv"), data.join("iris/iris.csv")].into_iter().find(|file| file.is_file())
}
