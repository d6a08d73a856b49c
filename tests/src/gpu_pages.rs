//! The pages with what was measured on a GPU: the lines that pages 06 and 07 quote, their charts,
//! and the tables of `docs/speed.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Error, Result, files};
use conv_race::report::three_digits;
use tour::markdown::renew;
use tour::numbers::{Numbers, output_file};
use tour::translate::{JAPANESE, translate, words};

use crate::gpu_run::{GpuRun, NETWORKS, OPEN, RACES};

/// The folder of the charts, below `docs`.
const PICTURES: &str = "pictures/gpu";
/// The page of all times, below `docs`, and the line in front of what is written there.
const SPEED: &str = "speed.md";
const SPEED_BEGIN: &str = "<!-- gpu: written by the example gpu_figures -->";
const CHART_BEGIN: &str = "<!-- gpu: chart -->";
const END: &str = "<!-- /gpu -->";

/// Pages with a chart, the chart, and what it shows in words.
const PAGES: [(&str, &str, &str); 4] = [
    (
        "en/06-cnn-gpu.md",
        "article.svg",
        "Time of a step of the article's network against the batch size, on the processor and on \
         the GPU, with and without transfers",
    ),
    (
        "ja/06-cnn-gpu.md",
        "article.ja.svg",
        "バッチサイズに対する、記事のネットワークの 1 ステップの時間。プロセッサと、転送ありとなしの GPU",
    ),
    (
        "en/07-conv-race.md",
        "thirty.svg",
        "Forward time of thirty filters against the batch size, on the processor and on the GPU, \
         with and without transfers",
    ),
    (
        "ja/07-conv-race.md",
        "thirty.ja.svg",
        "バッチサイズに対する、30 個のフィルタの順伝播の時間。プロセッサと、転送ありとなしの GPU",
    ),
];

/// All files that `run` changes, below `docs`, with their new content: what pages quote, the
/// charts, and the pages, which are read from `docs`. What was not measured stays open.
/// Fails if a page is not there, or lacks the lines between which a chart or a table belongs.
pub fn renewed(run: &GpuRun, docs: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut new = charts(run, docs)?;
    let mut numbers = Numbers::read(docs)?;
    for (folder, lines) in [("06-cnn-gpu", run.lesson_06()), ("07-conv-race", run.lesson_07())] {
        let path = output_file(folder, "gpu");
        numbers.add(folder, &path, lines.clone()).map_err(|fault| Error::at(&path, fault))?;
        new.insert(path, lines);
    }
    for (page, chart, shows) in PAGES {
        let path = docs.join(page);
        let mut text = read(&path)?;
        if new.contains_key(&Path::new(PICTURES).join(chart)) {
            let picture = format!("![{shows}](../{PICTURES}/{chart})");
            text = replace_block(&text, CHART_BEGIN, &picture)
                .map_err(|fault| Error::at(&path, fault))?;
        }
        let text = renew(&text, &numbers).map_err(|fault| Error::at(&path, fault))?;
        new.insert(PathBuf::from(page), text);
    }
    let path = docs.join(SPEED);
    let speed = replace_block(&read(&path)?, SPEED_BEGIN, speed(run, &new).trim_end());
    new.insert(PathBuf::from(SPEED), speed.map_err(|fault| Error::at(&path, fault))?);
    Ok(new)
}

/// The charts in both languages, of what was measured on the processor and on the GPU.
fn charts(run: &GpuRun, docs: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let (mut charts, words) = (BTreeMap::new(), words(docs)?);
    let folder = tempfile::tempdir()?;
    for race in RACES {
        let stem = folder.path().join(race.name);
        if !run.draw(race, &stem)? {
            continue;
        }
        let path = stem.with_extension("svg");
        let svg = read(&path)?;
        let in_japanese = translate(&svg, &words).map_err(|fault| Error::at(&path, fault))?;
        let file = |ending: &str| Path::new(PICTURES).join(format!("{}{ending}", race.name));
        charts.insert(file(JAPANESE), in_japanese);
        charts.insert(file(".svg"), svg);
    }
    Ok(charts)
}

/// The page with `content` behind the line `begin`, up to the next line [`END`].
fn replace_block(page: &str, begin: &str, content: &str) -> std::result::Result<String, String> {
    let (before, rest) = page.split_once(begin).ok_or(format!("has no line {begin}"))?;
    let (_, after) = rest.split_once(END).ok_or(format!("has no {END} behind {begin}"))?;
    Ok(format!("{before}{begin}\n\n{content}\n\n{END}{after}"))
}

/// What `docs/speed.md` shows of `run`, with the charts that are in `new`.
fn speed(run: &GpuRun, new: &BTreeMap<PathBuf, String>) -> String {
    let row = |name: &str, cells: &[Option<f64>]| {
        let cells: Vec<String> = cells.iter().map(|cell| number(*cell)).collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let mut text = machine(run);
    text += "\n| a step, batch 100, µs | at least | kernels | in training | PyTorch, eager | \
             CUDA graph |\n| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for (network, name) in
        NETWORKS.into_iter().zip(["the article's network", "`conv30x5,pool2,100`, Adam"])
    {
        text += &row(name, &run.step(network));
    }
    text += "\n| a convolution, GFLOP/s | plain | tiled | cuDNN, no TF32 |\n\
             | --- | ---: | ---: | ---: |\n";
    for pass in ["forward", "dx", "dw"] {
        text += &row(pass, &run.convolution(pass));
    }
    let rate = |name: &str| number(run.value("times", name, "value"));
    text += &format!(
        "\nThe least time of a step follows from its bytes and operations and from the rates that \
         were measured there: {} GFLOP/s of arithmetic, {} GB/s of a copy, {} µs for an empty \
         dispatch.\n",
        rate("arithmetic"),
        rate("copy"),
        rate("an empty dispatch")
    );
    let [article, thirty] =
        RACES.map(|race| run.overtakes(race).unwrap_or_else(|| OPEN.to_owned()));
    text += &format!(
        "\nWithout transfers the GPU overtakes the processor beside it at a batch of {article} for \
         a step of the article's network, and of {thirty} for 30 filters forward.\n"
    );
    for race in RACES {
        let picture = format!("{PICTURES}/{}.svg", race.name);
        if new.contains_key(Path::new(&picture)) {
            text += &format!("\n![Time against the batch, {}]({picture})\n", race.name);
        }
    }
    let open = run.open_parts();
    if !open.is_empty() {
        text += &format!("\nNot measured: {}.\n", open.join("; "));
    }
    text
}

/// On what was measured, and when.
fn machine(run: &GpuRun) -> String {
    let libraries = ["PyTorch", "CUDA", "cuDNN"].into_iter();
    let libraries = libraries.filter_map(|name| Some(format!("; {name} {}", run.version(name)?)));
    format!(
        "{}, driver: {}; {}; {}; {}{}.\n",
        run.text("/gpu/adapter"),
        run.text("/gpu/driver"),
        run.processor(),
        run.text("/machine/os"),
        run.date(),
        libraries.collect::<String>()
    )
}

fn number(value: Option<f64>) -> String {
    value.map_or(OPEN.to_owned(), three_digits)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| files::io_error(path, &error))
}
