//! The manifest of a checkpoint: everything that is not an array. JSON, whose last line is
//! the checksum of all lines above it.

use common::{Error, Float, Real, Result, excerpt};
use dropout_adam::adam::{BETA1, BETA2, EPSILON};
use serde::{Deserialize, Serialize};

use crate::network::ARCHITECTURE;
use crate::sampler::Position;
use crate::training::{DataInfo, Log, Settings, Training, sha256};
use crate::training::{MOST_STEPS, SHARES};

const FORMAT: &str = "checkpoint of deep learning from scratch, chapter 13";
const VERSION: u64 = 1; // the only one so far
const LAST_LINE: &str = ",\n  \"sha256_of_the_lines_above\": \"";
const NUMBERS: &str = if size_of::<Float>() == 4 { "f32" } else { "f64" };

/// The fields of the file, in its order.
#[allow(missing_docs)]
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
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Adam {
    name: String,
    steps: usize,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

/// A position in the random numbers of a seed.
#[allow(missing_docs)]
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

impl Adam {
    fn after(steps: usize) -> Adam {
        let name = "Adam".to_owned();
        Adam { name, steps, beta1: BETA1, beta2: BETA2, epsilon: EPSILON }
    }
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
            optimiser: Adam::after(*step),
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
        if digits != VERSION.to_string() {
            return Err(format!(
                "is of version {}, and this program knows version {VERSION}; use the program \
                 that wrote it, or a newer one",
                excerpt(digits)
            ));
        }
        let (above, last) =
            text.rsplit_once(LAST_LINE).ok_or("is cut short; use another checkpoint")?;
        if last.strip_suffix("\"\n}\n") != Some(&sha256(above.as_bytes())) {
            let fault = "is damaged, or was changed by hand: its last line is not the checksum of \
                         the others; use another checkpoint";
            return Err(fault.to_owned());
        }
        let manifest: Manifest = serde_json::from_str(&format!("{above}\n}}"))
            .map_err(|error| format!("cannot be understood ({})", excerpt(&error.to_string())))?;
        manifest.check_ranges()?;
        Ok(manifest)
    }

    /// Fails with the name and the value of the first field that no training has.
    fn check_ranges(&self) -> std::result::Result<(), String> {
        let Manifest { step, settings, random, order, data, log, .. } = self;
        let Settings { keep, batch_size, learning_rate, every, steps, .. } = settings;
        let epoch = data.images.div_ceil((*batch_size).max(1)); // its batches
        let done = order.epoch.checked_mul(epoch).and_then(|done| done.checked_add(order.batch));
        let rate = Float::of(*learning_rate);
        let ranges = [
            ("/architecture", self.architecture == ARCHITECTURE),
            ("/numbers", self.numbers == NUMBERS),
            ("/data/images", (1..=100_000_000).contains(&data.images)),
            ("/settings/batch_size", (1..=data.images).contains(batch_size)),
            ("/settings/keep", keep.iter().all(|share| SHARES.contains(share))),
            ("/settings/learning_rate", rate > 0.0 && rate.is_finite()),
            ("/settings/every", (1..=MOST_STEPS).contains(every)),
            ("/settings/steps", (1..=MOST_STEPS).contains(steps)),
            ("/step", step <= steps),
            ("/optimiser", self.optimiser == Adam::after(*step)),
            ("/random/generator", random.generator == "ChaCha8"),
            ("/random/stream", random.stream == 0),
            ("/random/word", random.word < 1 << 60),
            ("/order", order.batch <= epoch && done == Some(*step)),
            ("/log", log.is_of(*step)),
        ];
        let Some((name, _)) = ranges.iter().find(|(_, is_possible)| !is_possible) else {
            return Ok(());
        };
        let cure = match *name {
            "/architecture" => "which is another network than this program's",
            "/numbers" => "and --features common/f64 after `cargo run` makes it f64, else f32",
            _ => "as no training has; use another checkpoint",
        };
        let json = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let value = json.pointer(name).map(ToString::to_string).unwrap_or_default();
        Err(format!("has {} as `{}`, {cure}", excerpt(&value), &name[1..]))
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
