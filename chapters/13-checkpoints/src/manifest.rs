//! The small file beside the arrays: what a person wants to know of a checkpoint,
//! and what is not an array. JSON, and the last line is the checksum of all lines
//! above it.

use std::path::Path;

use common::{Error, Result};
use dropout_adam::adam::{BETA1, BETA2, EPSILON};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::network::ARCHITECTURE;
use crate::training::{Data, Log, Settings};

/// What every manifest of this program begins with.
const FORMAT: &str = "checkpoint of deep learning from scratch, chapter 13";
/// The version that this program writes, and the only one there is so far.
pub const VERSION: u64 = 1;
/// Where the last line begins.
const LAST_LINE: &str = ",\n  \"sha256_of_the_lines_above\": \"";

/// Everything about a checkpoint that is not an array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u64,
    architecture: String,
    /// "f32" or "f64": other numbers would be other bits.
    numbers: String,
    /// Steps done.
    pub step: usize,
    /// What was chosen before the first step.
    pub settings: Settings,
    optimiser: Optimiser,
    /// The random numbers that come next.
    pub random: Random,
    /// The images that come next.
    pub order: Place,
    /// What it is trained on.
    pub data: Data,
    /// How it went so far.
    pub log: Log,
    /// The file with the arrays.
    pub arrays: Arrays,
}

/// Adam; its moments are arrays, `w1.v` and `w1.s` for `w1`, and so on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Optimiser {
    name: String,
    steps: usize,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

/// A place among the random numbers of a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Random {
    generator: String,
    /// Which of its independent streams.
    pub stream: u64,
    /// How many 32-bit words of it are used up.
    pub word: u64,
}

/// A place in the order of the images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Epochs that are over.
    pub epoch: usize,
    /// Batches of this epoch that are over.
    pub batch: usize,
}

/// How the file with the arrays is known to be the right one, and whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrays {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Random {
    /// A place among the numbers of ChaCha with eight rounds.
    pub fn new(stream: u64, word: u64) -> Random {
        Random { generator: "ChaCha8".to_owned(), stream, word }
    }
}

impl Manifest {
    /// Of a training that is `step` steps old.
    pub fn new(
        step: usize,
        settings: Settings,
        (random, order): (Random, Place),
        (data, log): (Data, Log),
        arrays: Arrays,
    ) -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            architecture: ARCHITECTURE.to_owned(),
            numbers: numbers().to_owned(),
            optimiser: Optimiser {
                name: "Adam".to_owned(),
                steps: step,
                beta1: BETA1,
                beta2: BETA2,
                epsilon: EPSILON,
            },
            step,
            settings,
            random,
            order,
            data,
            log,
            arrays,
        }
    }

    /// As it stands in the file.
    ///
    /// # Errors
    /// If a number in it is none.
    pub fn text(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self)?;
        let above = json.trim_end_matches("\n}");
        Ok(format!("{above}{LAST_LINE}{}\"\n}}\n", sha256(above.as_bytes())))
    }

    /// What the file `path` with this `text` says.
    ///
    /// # Errors
    /// A sentence that names `path`, if it is no manifest, of a newer version,
    /// damaged, or of a network or numbers that this program does not have.
    pub fn read(path: &Path, text: &str) -> Result<Manifest> {
        let fault = |sentence: String| Err(Error::at(path, sentence));
        let head = format!("{{\n  \"format\": \"{FORMAT}\",\n  \"version\": ");
        let Some(version) = text.strip_prefix(&head) else {
            return fault(
                "is no checkpoint of this program; give one that `checkpoints train` wrote".into(),
            );
        };
        let digits = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        match digits.parse::<u64>() {
            Ok(version) if version > VERSION => {
                return fault(format!(
                    "is of version {version}, and this program knows versions up to {VERSION}; \
                     use the program that wrote it, or a newer one"
                ));
            }
            Ok(VERSION) => {}
            _ => {
                return fault(
                    "is damaged (its version is no number); use another checkpoint".into(),
                );
            }
        }
        let sum = text.rsplit_once(LAST_LINE).map(|(above, last)| {
            let said = last.strip_suffix("\"\n}\n").unwrap_or_default();
            (said.to_owned(), sha256(above.as_bytes()), format!("{above}\n}}"))
        });
        let json = match sum {
            None => return fault("is cut short; use another checkpoint".into()),
            Some((said, is, _)) if said != is => {
                return fault(
                    "is damaged, or was changed by hand: its last line is not the checksum of \
                     the others; use another checkpoint"
                        .into(),
                );
            }
            Some((_, _, json)) => json,
        };
        let manifest: Manifest = match serde_json::from_str(&json) {
            Ok(manifest) => manifest,
            Err(error) => return fault(format!("cannot be understood ({error})")),
        };
        manifest.fits().map_err(|sentence| Error::at(path, sentence))?;
        Ok(manifest)
    }

    /// Whether this program can go on from it.
    fn fits(&self) -> std::result::Result<(), String> {
        if self.architecture != ARCHITECTURE {
            return Err(format!(
                "holds another network ({}) than this program's ({ARCHITECTURE})",
                self.architecture
            ));
        }
        if self.numbers != numbers() {
            let cure = match numbers() {
                "f32" => "add --features common/f64 after `cargo run`",
                _ => "leave --features common/f64 away",
            };
            return Err(format!(
                "holds {}, and this program is for {}; {cure}",
                self.numbers,
                numbers()
            ));
        }
        Ok(())
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// What lessons compute in.
fn numbers() -> &'static str {
    if size_of::<common::Float>() == 4 { "f32" } else { "f64" }
}
