//! The numbers on the pages. Each is defined in `docs/runs/<chapter>/numbers.toml`, and is
//! taken from the outputs and figures that the tour keeps beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Error, files};
use regex::Regex;
use serde::Deserialize;

/// The first run of a chapter, whose output its page shows.
pub const MAIN: &str = "main";
/// The folder of everything that pages quote, below `docs`.
const RUNS: &str = "runs";
const DEFINITIONS: &str = "numbers.toml";
const FIGURES: &str = "figures.csv";
/// Steps from a number to those that it is computed from; more is a circle.
const DEEPEST: usize = 8;

/// What `numbers.toml` holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Definitions {
    /// The numbers by the names that pages give them.
    pub numbers: BTreeMap<String, Definition>,
    /// Further runs of the chapter for its page: their arguments.
    pub runs: BTreeMap<String, Vec<String>>,
    /// Numbers on the page that no run makes, and where they come from.
    pub constants: BTreeMap<String, String>,
}

/// Where a number comes from: `run` and `find`, `seeds` and `take`, or `value`. While the
/// run is not kept, pages show `open`, if it is given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Definition {
    run: Option<String>,
    find: Option<String>,
    seeds: Option<String>,
    take: Option<Take>,
    value: Option<String>,
    digits: Option<usize>,
    significant: Option<usize>,
    open: Option<String>,
}

/// One of the numbers that the ledger has of a figure.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Take {
    Mean,
    Sd,
    Lowest,
    Highest,
    Count,
}

/// A line of `figures.csv`, as the ledger writes it.
#[derive(Clone, Debug, Deserialize)]
struct Row {
    figure: String,
    mean: Option<f64>,
    sd: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    seeds: f64,
    date: String,
    cpu: String,
    cores: usize,
}

/// What is kept of one chapter, or of a page that belongs to none.
#[derive(Clone, Debug, Default)]
struct Kept {
    definitions: Definitions,
    outputs: BTreeMap<String, String>, // by the run's name
    figures: Vec<Row>,
}

/// All that pages quote, by the names of the folders in `docs/runs`.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    folders: BTreeMap<String, Kept>,
}

/// The file with the output of a chapter's run, below `docs`.
pub fn output_file(folder: &str, run: &str) -> PathBuf {
    Path::new(RUNS).join(folder).join(format!("{run}.txt"))
}

/// The file with a chapter's figures over its seeds, below `docs`.
pub fn figures_file(folder: &str) -> PathBuf {
    Path::new(RUNS).join(folder).join(FIGURES)
}

impl Numbers {
    /// What stands in `docs/runs`.
    /// Fails if a file cannot be read or is not in its form.
    pub fn read(docs: &Path) -> common::Result<Numbers> {
        let mut numbers = Numbers::default();
        for folder in entries(&docs.join(RUNS))? {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for path in entries(&folder)? {
                let text = fs::read_to_string(&path).map_err(|e| files::io_error(&path, &e))?;
                numbers.add(&name, &path, text).map_err(|fault| Error::at(&path, fault))?;
            }
        }
        Ok(numbers)
    }

    /// Adds or replaces the content `text` of the file at `path` in the folder `name`.
    /// Fails if it is not in its form.
    pub fn add(&mut self, name: &str, path: &Path, text: String) -> Result<(), String> {
        let kept = self.folders.entry(name.to_owned()).or_default();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file == DEFINITIONS {
            kept.definitions = toml::from_str(&text).map_err(|fault| fault.to_string())?;
        } else if file == FIGURES {
            let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
            kept.figures = rows.collect::<Result<_, csv::Error>>().map_err(|e| e.to_string())?;
        } else if let Some(run) = file.strip_suffix(".txt") {
            kept.outputs.insert(run.to_owned(), text.trim_end().to_owned());
        }
        Ok(())
    }

    /// The definitions of the chapter in `folder`; none if it has none.
    pub fn definitions(&self, folder: &str) -> Definitions {
        self.folders.get(folder).map(|kept| kept.definitions.clone()).unwrap_or_default()
    }

    /// The folders with something to quote.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// The output of a `run` of the chapter in `folder`, if it is kept.
    pub fn output(&self, folder: &str, run: &str) -> Option<&str> {
        self.folders.get(folder)?.outputs.get(run).map(String::as_str)
    }

    /// The text of the number `name` of the chapter whose folder begins with `number`, as
    /// pages show it; `machine` and `date` tell where and when the figures were measured.
    /// Fails with a sentence if it is not defined, or what it comes from is not kept.
    pub fn text(&self, number: &str, name: &str) -> Result<String, String> {
        let text = match name {
            "machine" | "date" => self.origin(number, name),
            _ => self.define(number, name).and_then(|(folder, kept, definition)| {
                let exact = self.exact((folder, kept, definition), number, 0)?;
                if definition.open.as_ref() == Some(&exact) {
                    return Ok(exact);
                }
                match (definition.digits, definition.significant) {
                    (None, None) => Ok(exact),
                    (Some(digits), None) => Ok(grouped(parse(&exact)?, digits)),
                    (None, Some(significant)) => Ok(rounded(parse(&exact)?, significant)),
                    (Some(_), Some(_)) => {
                        Err("has digits and significant; leave one away".to_owned())
                    }
                }
            }),
        };
        text.map_err(|fault| format!("{number} {name}: {fault}"))
    }

    fn of_number(&self, number: &str) -> impl Iterator<Item = (&String, &Kept)> {
        self.folders.iter().filter(move |(folder, _)| folder.starts_with(number))
    }

    fn origin(&self, number: &str, name: &str) -> Result<String, String> {
        let row = self.of_number(number).find_map(|(_, kept)| kept.figures.first());
        let row = row.ok_or("no run of this chapter is kept")?;
        let s = if row.cores == 1 { "" } else { "s" };
        Ok(match name {
            "date" => row.date.chars().take(10).collect(),
            _ => format!("{}, {} logical core{s}", row.cpu, row.cores),
        })
    }

    fn define(&self, number: &str, name: &str) -> Result<(&str, &Kept, &Definition), String> {
        let mut of_number = self.of_number(number);
        let found = of_number.find_map(|(folder, kept)| {
            Some((folder.as_str(), kept, kept.definitions.numbers.get(name)?))
        });
        found.ok_or("no numbers.toml defines it".to_owned())
    }

    /// A number as it was printed or computed: with what is rounded nothing is computed.
    fn exact(
        &self,
        (folder, kept, definition): (&str, &Kept, &Definition),
        number: &str,
        depth: usize,
    ) -> Result<String, String> {
        match definition {
            Definition { run: Some(run), find: Some(find), open, .. } => {
                let (folder, run) = run.split_once('/').unwrap_or((folder, run));
                let Some(output) = self.output(folder, run) else {
                    return open.clone().ok_or(format!("the run {folder}/{run} is not kept"));
                };
                let regex = Regex::new(&format!("(?m){find}")).map_err(|e| e.to_string())?;
                let group = regex.captures(output).and_then(|groups| groups.get(1));
                let group = group.ok_or(format!("{folder}/{run} has nothing like {find}"))?;
                Ok(group.as_str().to_owned())
            }
            Definition { seeds: Some(figure), take: Some(take), .. } => {
                let row = kept.figures.iter().find(|row| row.figure == *figure);
                let row = row.ok_or(format!("the ledger has no figure {figure}"))?;
                let value = match take {
                    Take::Mean => row.mean,
                    Take::Sd => row.sd,
                    Take::Lowest => row.min,
                    Take::Highest => row.max,
                    Take::Count => Some(row.seeds),
                };
                Ok(value.ok_or(format!("{figure} was not measured"))?.to_string())
            }
            Definition { value: Some(value), .. } if depth < DEEPEST => {
                Ok(self.compute(number, value, depth + 1)?.to_string())
            }
            Definition { value: Some(_), .. } => Err("it is defined by itself".to_owned()),
            _ => Err("needs run and find, seeds and take, or value".to_owned()),
        }
    }

    /// The value of `a / b * c ...`, from left to right.
    fn compute(&self, number: &str, expression: &str, depth: usize) -> Result<f64, String> {
        let term = |word: &str| match parse(word) {
            Ok(value) => Ok(value),
            Err(_) => {
                let (number, name) = word.split_once('.').unwrap_or((number, word));
                parse(&self.exact(self.define(number, name)?, number, depth)?)
            }
        };
        let mut words = expression.split_whitespace();
        let mut result = term(words.next().ok_or("has an empty value")?)?;
        while let Some(operator) = words.next() {
            let right = term(words.next().ok_or(format!("{operator} ends its value"))?)?;
            result = match operator {
                "+" => result + right,
                "-" => result - right,
                "*" => result * right,
                "/" => result / right,
                _ => return Err(format!("its value has {operator} where + - * / may stand")),
            };
        }
        Ok(result)
    }
}

/// `1,234.5` as a number.
fn parse(text: &str) -> Result<f64, String> {
    let plain = text.replace(',', "");
    let value = plain.parse().map_err(|_| format!("{text} is not a number"))?;
    if f64::is_finite(value) { Ok(value) } else { Err(format!("{text} is not a number")) }
}

/// `18,282.34` for 18282.343 with two digits behind the point.
fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// `0.012`, `34` or `1,200`, for two significant digits.
fn rounded(value: f64, significant: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounded first: 9.96 has two digits before the point with two significant ones.
    let value: f64 = format!("{value:.*e}", significant.max(1) - 1).parse().unwrap_or(value);
    let behind = significant as i32 - 1 - value.abs().log10().floor() as i32;
    grouped(value, behind.max(0) as usize)
}

fn entries(folder: &Path) -> common::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| files::io_error(folder, &error))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
