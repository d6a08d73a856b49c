//! The manifest of a checkpoint: everything that is not an array. JSON, whose last line is
//! the checksum of all lines above it.

use common::{Error, Float, Result};
use dropout_adam::adam::{BETA1, BETA2, EPSILON};
use serde::{Deserialize, Serialize};

use crate::network::ARCHITECTURE;
use crate::sampler::Position;
use crate::training::{DataInfo, Log, Settings, Training, sha256};

const FORMAT: &str = "checkpoint of deep learning from scratch, chapter 13";
const VERSION: u64 = 1; // the only one so far
const LAST_LINE: &str = ",\n  \"sha256_of_the_lines_above\": \"";
const NUMBERS: &str = if size_of::<Float>() == 4 { "f32" } else { "f64" };

/// The fields of the file, in its order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u64,
    architecture: String,
    numbers: String, // "f32" or "f64"
    pub step: usize,
    pub settings: Settings,
    optimiser: Adam,
    pub random: RandomState,
    pub order: Position,
    pub data: DataInfo,
    pub log: Log,
    arrays: ArrayFile,
}

/// Adam's constants; its means are arrays, `w1.v` and `w1.s` for `w1`, and so on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Adam {
    name: String,
    steps: usize,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

/// A position in the random numbers of a seed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomState {
    generator: String,
    pub stream: u64, // which of its independent streams
    pub word: u64,   // 32-bit words of the stream that are used up
}

/// Length and checksum of the file with the arrays.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArrayFile {
    bytes: u64,
    sha256: String,
}

impl Manifest {
    /// The manifest of a training whose arrays are the file `npz`.
    pub fn new(training: &Training, npz: &[u8]) -> Result<Manifest> {
        let Training { settings, data, step, rng, sampler, log, .. } = training;
        let word = u64::try_from(rng.get_word_pos())
            .map_err(|_| Error::new("the random numbers are used up"))?;
        Ok(Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            architecture: ARCHITECTURE.to_owned(),
            numbers: NUMBERS.to_owned(),
            step: *step,
            settings: settings.clone(),
            optimiser: Adam {
                name: "Adam".to_owned(),
                steps: *step,
                beta1: BETA1,
                beta2: BETA2,
                epsilon: EPSILON,
            },
            random: RandomState { generator: "ChaCha8".to_owned(), stream: rng.get_stream(), word },
            order: sampler.position,
            data: data.clone(),
            log: log.clone(),
            arrays: ArrayFile { bytes: npz.len() as u64, sha256: sha256(npz) },
        })
    }

    /// The text of the file.
    pub fn to_json(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self)?;
        let above = json.trim_end_matches("\n}");
        Ok(format!("{above}{LAST_LINE}{}\"\n}}\n", sha256(above.as_bytes())))
    }

    /// The manifest from the text of its file. The version is checked first: a later program
    /// may change everything behind it. Fails if the text is no manifest, of a newer version,
    /// damaged, or of a network or a precision that this program does not have.
    pub fn from_json(text: &str) -> std::result::Result<Manifest, String> {
        let start = format!("{{\n  \"format\": \"{FORMAT}\",\n  \"version\": ");
        let version = text
            .strip_prefix(&start)
            .ok_or("is no checkpoint of this program; give one that `checkpoints train` wrote")?;
        let digits = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        match digits.parse::<u64>() {
            Ok(VERSION) => {}
            Ok(version) if version > VERSION => {
                return Err(format!(
                    "is of version {version}, and this program knows versions up to {VERSION}; \
                     use the program that wrote it, or a newer one"
                ));
            }
            _ => return Err("is damaged (its version is no number); use another checkpoint".into()),
        }
        let (above, last) =
            text.rsplit_once(LAST_LINE).ok_or("is cut short; use another checkpoint")?;
        if last.strip_suffix("\"\n}\n") != Some(&sha256(above.as_bytes())) {
            let fault = "is damaged, or was changed by hand: its last line is not the checksum of \
                         the others; use another checkpoint";
            return Err(fault.to_owned());
        }
        let manifest: Manifest = serde_json::from_str(&format!("{above}\n}}"))
            .map_err(|error| format!("cannot be understood ({error})"))?;
        let Manifest { architecture, numbers, .. } = &manifest;
        if architecture != ARCHITECTURE {
            return Err(format!(
                "holds another network ({architecture}) than this program's ({ARCHITECTURE})"
            ));
        }
        if numbers != NUMBERS {
            let cure = match NUMBERS {
                "f32" => "add --features common/f64 after `cargo run`",
                _ => "leave --features common/f64 away",
            };
            return Err(format!("holds {numbers}, and this program is for {NUMBERS}; {cure}"));
        }
        Ok(manifest)
    }

    /// Fails if the file with the arrays is cut short, changed or damaged.
    pub fn check_arrays(&self, npz: &[u8]) -> std::result::Result<(), String> {
        let ArrayFile { bytes, sha256: expected } = &self.arrays;
        let fault = match npz.len() {
            length if length as u64 != *bytes => format!(
                "has {length} bytes where its manifest says {bytes}; it is cut short or was changed"
            ),
            _ if sha256(npz) == *expected => return Ok(()),
            _ => "is damaged: its checksum is not that in its manifest".to_owned(),
        };
        Err(format!("{fault}; use another checkpoint"))
    }
}
