//! What `tests/gpu/measure.sh` has measured on a machine with a GPU: the figures in its
//! `gpu.json`, as lines for `docs/runs` and as charts.

use std::path::Path;

use common::plot::{self, Chart, Curve};
use common::program::thousands;
use common::{Error, Result, files};
use conv_race::rungs::RUNGS;
use serde_json::Value;

/// What stands where nothing was measured.
pub const OPEN: &str = "–";
/// The names of what [`GpuRun::step`] gives.
pub const STEP: [&str; 5] =
    ["floor", "step", "step in training", "step in PyTorch", "step in a CUDA graph"];
/// The networks of lesson 06: as its table of times, the peers and its last line call a step.
pub const NETWORKS: [[&str; 3]; 2] =
    [["article", "article-cnn", "step"], ["30 filters", "one-convolution", "step of 30 filters"]];
/// The rung on the processor, and the one that stays on the GPU.
const PROCESSOR: usize = 5;
const RESIDENT: usize = 7;

/// What is raced against the batch, to see where the GPU overtakes the processor.
#[derive(Clone, Copy)]
pub struct Race {
    /// Of the chart's file.
    pub name: &'static str,
    title: &'static str,
    pass: &'static str,
    filters: u64,
}

/// A step of the article's network, and a larger convolution.
pub const RACES: [Race; 2] = [
    Race {
        name: "article",
        title: "A step of the article's network, on the processor and on the GPU",
        pass: "article",
        filters: 1,
    },
    Race {
        name: "thirty",
        title: "30 filters, forward, on the processor and on the GPU",
        pass: "forward",
        filters: 30,
    },
];

/// The record of one machine.
pub struct GpuRun {
    record: Value,
}

impl GpuRun {
    /// From the file that `measure.sh` has written.
    /// Fails if it cannot be read, or is something else.
    pub fn read(path: &Path) -> Result<GpuRun> {
        let bytes = files::read(path).map_err(|error| files::io_error(path, &error))?;
        let record = serde_json::from_slice::<Value>(&bytes);
        let record = record.map_err(|fault| Error::at(path, format!("is no JSON: {fault}")))?;
        GpuRun::new(record).map_err(|fault| Error::at(path, fault))
    }

    /// From the content of the file. Fails with a sentence if it is something else.
    pub fn new(record: Value) -> std::result::Result<GpuRun, String> {
        match record["format"].as_u64() == Some(1) && record["parts"].is_array() {
            true => Ok(GpuRun { record }),
            false => Err("is not from tests/gpu/measure.sh; give its gpu.json".to_owned()),
        }
    }

    /// Fails with a sentence if the adapter was software, whose times say nothing about GPUs.
    pub fn check_publishable(&self) -> Result {
        if self.record["gpu"]["software"].as_bool() == Some(false) {
            return Ok(());
        }
        Err(Error::new(format!(
            "this was measured on {} and not on a GPU, whose times the pages show; \
             --try FOLDER writes into a folder instead",
            self.text("/gpu/adapter")
        )))
    }

    /// A text of the record, at a place such as `/gpu/adapter`.
    pub fn text(&self, place: &str) -> &str {
        let text = self.record.pointer(place).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).unwrap_or(OPEN)
    }

    /// The processor beside the GPU.
    pub fn processor(&self) -> String {
        let cores = self.record["machine"]["cores"].as_u64().unwrap_or(0);
        let s = if cores == 1 { "" } else { "s" };
        format!("{}, {cores} logical core{s}", self.text("/machine/cpu"))
    }

    /// The day of the measurement.
    pub fn date(&self) -> &str {
        self.text("/date").split(' ').next().unwrap_or(OPEN)
    }

    /// The figures of the parts whose names begin with `part`.
    fn figures<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Value> {
        let parts = list(&self.record["parts"]).filter(move |of| name(of).starts_with(part));
        parts.flat_map(|part| list(&part["figures"]))
    }

    /// A field of a figure, `value` or `floor`.
    pub fn value(&self, part: &str, figure: &str, field: &str) -> Option<f64> {
        self.figures(part).find(|found| name(found) == figure)?[field].as_f64()
    }

    /// The version of a library, as the peers have told it.
    pub fn version(&self, library: &str) -> Option<&str> {
        self.figures("peers").find(|found| name(found) == library)?["text"].as_str()
    }

    /// The parts that were not done, each with the reason.
    pub fn open_parts(&self) -> Vec<String> {
        let parts = list(&self.record["parts"]);
        let parts = parts.filter(|part| part["state"].as_str() != Some("done"));
        let why = |part: &Value| part["why"].as_str().unwrap_or_default().to_owned();
        parts.map(|part| format!("{} ({})", name(part), why(part))).collect()
    }

    /// Microseconds of a step of one of the [`NETWORKS`], in the order of [`STEP`]: the least
    /// that they can be, by the GPU's clock, in the lesson's training, in PyTorch, and there in
    /// a CUDA graph.
    pub fn step(&self, [network, peer, in_lesson]: [&str; 3]) -> [Option<f64>; 5] {
        let whole = format!("{network}: whole step");
        let of_peer = |how: &str| self.value("peers", &format!("{peer}, {how}"), "value");
        let graphs = ["CUDA graph of 1 step", "CUDA graph of 25 steps"];
        [
            self.value("times", &whole, "floor"),
            self.value("times", &whole, "value"),
            self.value("lesson", in_lesson, "value"),
            of_peer("eager"),
            graphs.into_iter().filter_map(of_peer).reduce(f64::min),
        ]
    }

    /// GFLOP/s of a pass of lesson 06's convolution: in plain loops, in tiles, by cuDNN.
    pub fn convolution(&self, pass: &str) -> [Option<f64>; 3] {
        let rate = |part: &str, how: &str| {
            let end = format!("{how}: {pass}");
            let figures = self.figures(part).filter(|figure| name(figure).ends_with(&end));
            figures.filter_map(|figure| figure["gflops"].as_f64()).reduce(f64::max)
        };
        let layouts = ["channels first", "channels last"];
        let by_cudnn = layouts.into_iter().filter_map(|layout| rate("peers", layout));
        [rate("times", "naive"), rate("times", "tiled"), by_cudnn.reduce(f64::max)]
    }

    /// Milliseconds on a rung of lesson 07 against the batch.
    pub fn times(&self, race: Race, rung: usize) -> Vec<(f64, f64)> {
        let is_of = |figure: &Value| {
            name(figure) == race.pass
                && figure["filters"].as_u64() == Some(race.filters)
                && figure["rung"].as_u64() == Some(rung as u64)
        };
        let figures = self.figures("race").filter(|figure| is_of(figure));
        let point = |figure: &Value| Some((figure["batch"].as_f64()?, figure["value"].as_f64()?));
        let mut points: Vec<(f64, f64)> = figures.filter_map(point).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// From which batch on the GPU, without transfers, is faster than the processor in every
    /// batch that was measured.
    pub fn overtakes(&self, race: Race) -> Option<String> {
        let on_gpu = self.times(race, RESIDENT);
        let is_faster = |(batch, ms): (f64, f64)| {
            let same = on_gpu.iter().find(|point| point.0 == batch)?;
            Some((batch as usize, same.1 < ms))
        };
        let both = self.times(race, PROCESSOR).into_iter().filter_map(is_faster);
        let both: Vec<(usize, bool)> = both.collect();
        let slower = both.iter().rposition(|(_, is_faster)| !is_faster);
        match both.get(slower.map_or(0, |last| last + 1)) {
            Some((batch, _)) => Some(thousands(*batch)),
            None => both.last().map(|(batch, _)| format!("more than {}", thousands(*batch))),
        }
    }

    /// Draws a race into `stem`.svg and `stem`.png; `false` if the processor or the GPU has no
    /// times. Fails if a file cannot be written.
    pub fn draw(&self, race: Race, stem: &Path) -> Result<bool> {
        if [PROCESSOR, RESIDENT].iter().any(|rung| self.times(race, *rung).is_empty()) {
            return Ok(false);
        }
        let mut curves = Vec::new();
        for rung in RUNGS.iter().filter(|rung| rung.number >= PROCESSOR) {
            let points = self.times(race, rung.number);
            if !points.is_empty() {
                let label = format!("{} {}", rung.number, rung.title);
                curves.push(Curve::new(label, &points).line_and_dots());
            }
        }
        let chart = Chart::new(race.title, "images in the batch", "milliseconds");
        plot::curves(stem, &chart.log_x().log_y(), &curves)?;
        Ok(true)
    }

    /// The lines of `docs/runs/06-cnn-gpu/gpu.txt`, from which page 06 takes its numbers.
    pub fn lesson_06(&self) -> String {
        let mut text = self.head();
        for network in NETWORKS {
            for (what, us) in STEP.iter().zip(self.step(network)) {
                text += &line(&format!("{}, {what}", network[0]), us, "us");
            }
        }
        let [_, tiled, by_cudnn] = self.convolution("forward");
        text += &line("convolution in tiles", tiled, "GFLOP/s");
        text += &line("convolution by cuDNN", by_cudnn, "GFLOP/s");
        text
    }

    /// The lines of `docs/runs/07-conv-race/gpu.txt`, from which page 07 takes its numbers.
    pub fn lesson_07(&self) -> String {
        let mut text = self.head();
        for rung in PROCESSOR..=RESIDENT {
            let times = self.times(RACES[0], rung);
            let at_100 = times.iter().find(|point| point.0 == 100.0).map(|point| point.1);
            text += &line(&format!("article, rung {rung}"), at_100, "ms");
        }
        for race in RACES {
            let batch = self.overtakes(race).unwrap_or(OPEN.to_owned());
            text += &format!("{}, the GPU overtakes at {batch} images\n", race.name);
        }
        text
    }

    fn head(&self) -> String {
        let adapter = self.text("/gpu/adapter");
        format!("measured on {adapter}\nbeside {}\non {}\n", self.processor(), self.date())
    }
}

/// The elements of a list; of anything else none.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

fn line(what: &str, value: Option<f64>, unit: &str) -> String {
    let value = value.map_or(OPEN.to_owned(), |value| value.to_string());
    format!("{what}: {value} {unit}\n")
}
