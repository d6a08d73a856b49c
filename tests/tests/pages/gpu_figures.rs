//! From what was measured on a GPU to the pages: figures, what is open, what is refused.

use std::path::Path;

use referee::gpu_pages::renewed;
use referee::gpu_run::{GpuRun, NETWORKS, OPEN, RACES};
use referee::root;
use serde_json::{Value, json};

/// A row of a race of one filter.
fn figure(batch: u64, rung: u64, ms: f64) -> Value {
    json!({"name": "article", "value": ms, "unit": "ms", "batch": batch, "filters": 1, "rung": rung})
}

/// A race of one filter: milliseconds on rungs 5 and 7 at each batch.
fn race(times: &[(u64, f64, f64)]) -> Value {
    let mut figures = Vec::new();
    for &(batch, processor, gpu) in times {
        figures.extend([figure(batch, 5, processor), figure(batch, 7, gpu)]);
    }
    json!({"name": "race, filters: 1", "state": "done", "figures": figures})
}

/// A record with a table of times and a race.
fn record() -> Value {
    let step = json!({"name": "article: whole step", "value": 56.2, "unit": "us", "floor": 8.0});
    let tiled = json!({"name": "64 filters on 32 channels, tiled: forward", "value": 300.0,
                       "unit": "us", "gflops": 9633.8});
    json!({
        "format": 1,
        "date": "2026-11-30 04:24 UTC",
        "machine": {"cpu": "Some Processor", "cores": 16, "os": "Linux"},
        "gpu": {"adapter": "Card 9 (a card of its own; Vulkan)", "software": false, "driver": ""},
        "parts": [
            {"name": "times", "state": "done", "why": "", "figures": [step, tiled]},
            {"name": "peers", "state": "failed", "why": "no PyTorch here", "figures": []},
            race(&[(1, 0.01, 0.1), (100, 0.2, 0.11), (10, 0.05, 0.1), (1000, 2.0, 0.4)]),
        ],
    })
}

fn run(record: Value) -> GpuRun {
    GpuRun::new(record).unwrap()
}

#[test]
fn figures_of_a_run_become_lines_that_pages_quote() {
    let run = run(record());
    let text = run.lesson_06();
    for line in [
        "measured on Card 9 (a card of its own; Vulkan)",
        "beside Some Processor, 16 logical cores",
        "on 2026-11-30",
        "article, floor: 8 us",
        "article, step: 56.2 us",
        "convolution in tiles: 9633.8 GFLOP/s",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    let text = run.lesson_07();
    for line in ["article, rung 5: 0.2 ms", "article, rung 7: 0.11 ms"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    assert_eq!(run.times(RACES[0], 5), [(1.0, 0.01), (10.0, 0.05), (100.0, 0.2), (1000.0, 2.0)]);
}

#[test]
fn a_part_that_is_missing_leaves_its_figures_open_and_tells_why() {
    let run = run(record());
    assert_eq!(run.step(NETWORKS[0]), [Some(8.0), Some(56.2), None, None, None]);
    assert_eq!(run.step(NETWORKS[1]), [None; 5]);
    assert_eq!(run.convolution("forward"), [None, Some(9633.8), None]);
    assert_eq!(run.open_parts(), ["peers (no PyTorch here)"]);
    assert_eq!(run.text("/gpu/driver"), OPEN);
    assert!(run.lesson_06().contains("\n30 filters, step in a CUDA graph: – us\n"));
    assert!(run.lesson_07().contains("\narticle, rung 6: – ms\n"));
    assert!(run.lesson_07().contains("\nthirty, the GPU overtakes at – images\n"));
    let folder = tempfile::tempdir().unwrap();
    assert!(!run.draw(RACES[1], &folder.path().join("thirty")).unwrap());
}

#[test]
fn the_gpu_overtakes_where_it_is_faster_from_there_on() {
    let overtakes = |times: &[(u64, f64, f64)]| {
        let mut record = record();
        record["parts"][2] = race(times);
        run(record).overtakes(RACES[0])
    };
    let more = |batch: &str| Some(batch.to_owned());
    assert_eq!(run(record()).overtakes(RACES[0]), more("100"));
    assert_eq!(overtakes(&[(1, 0.2, 0.1), (4, 0.1, 0.2), (4096, 3.0, 0.2)]), more("4,096"));
    assert_eq!(overtakes(&[(1, 0.2, 0.1), (4, 0.3, 0.2)]), more("1"));
    assert_eq!(overtakes(&[(1, 0.1, 0.2), (4096, 0.1, 0.1)]), more("more than 4,096"));
    assert_eq!(overtakes(&[]), None);
}

#[test]
fn software_and_other_files_are_refused() {
    let mut software = record();
    software["gpu"] = json!({"adapter": "llvmpipe (software)", "software": true});
    let refused = run(software).check_publishable().unwrap_err().to_string();
    assert!(refused.contains("measured on llvmpipe (software) and not on a GPU"), "{refused}");
    assert!(refused.contains("--try FOLDER"), "{refused}");
    assert!(run(record()).check_publishable().is_ok());
    let mut untold = record();
    untold["gpu"] = json!({});
    assert!(run(untold).check_publishable().is_err(), "nobody knows on what it ran");

    assert!(GpuRun::new(json!({"number": "f32", "rows": []})).is_err());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gpu.json");
    let error = GpuRun::read(&file).err().unwrap().to_string();
    assert!(error.contains("there is no such file"), "{error}");
    std::fs::write(&file, "{\"format\": 1, ").unwrap();
    let error = GpuRun::read(&file).err().unwrap().to_string();
    assert!(error.contains("gpu.json: is no JSON"), "{error}");
    std::fs::write(&file, record().to_string()).unwrap();
    assert!(GpuRun::read(&file).is_ok());
}

#[test]
fn pages_charts_and_tables_take_what_was_measured() {
    let new = renewed(&run(record()), &root().join("docs")).unwrap();
    let text = |path: &str| new.get(Path::new(path)).unwrap_or_else(|| panic!("{path}"));
    for language in ["en", "ja"] {
        let page = text(&format!("{language}/06-cnn-gpu.md"));
        for part in [
            "<!-- 06 gpu-adapter -->Card 9 (a card of its own; Vulkan)<!-- / -->",
            "<!-- 06 gpu-article-step -->56.2<!-- / -->",
            "<!-- 06 gpu-tiled -->9,630<!-- / -->",
            "<!-- 06 gpu-cudnn -->–<!-- / -->",
        ] {
            assert!(page.contains(part), "{language}: {part}");
        }
        let page = text(&format!("{language}/07-conv-race.md"));
        assert!(page.contains("<!-- 07 gpu-overtakes -->100<!-- / -->"), "{language}");
    }
    // One race was measured, so there is one chart.
    assert!(text("en/06-cnn-gpu.md").contains("](../pictures/gpu/article.svg)"));
    assert!(text("ja/06-cnn-gpu.md").contains("](../pictures/gpu/article.ja.svg)"));
    assert!(!text("en/07-conv-race.md").contains("](../pictures/gpu/"));
    assert!(text("pictures/gpu/article.svg").contains("7 GPU, without transfers"));
    assert!(text("pictures/gpu/article.ja.svg").contains("7 GPU、転送なし"));
    assert!(!new.contains_key(Path::new("pictures/gpu/thirty.svg")));
    assert!(text("runs/06-cnn-gpu/gpu.txt").contains("article, step: 56.2 us"));
    let speed = text("speed.md");
    for part in [
        "Card 9 (a card of its own; Vulkan), driver: –; Some Processor, 16 logical cores; Linux",
        "\n| the article's network | 8.00 | 56.2 | – | – | – |\n",
        "\n| forward | – | 9,634 | – |\n",
        "\nNot measured: peers (no PyTorch here).\n",
        "](pictures/gpu/article.svg)",
        "<!-- /gpu -->\n",
    ] {
        assert!(speed.contains(part), "{part}: {speed}");
    }
}

/// The script itself, with programs that only print what ours would.
#[test]
#[cfg(target_os = "linux")]
fn measure_sh_collects_what_the_programs_print_and_goes_on_where_one_fails() {
    use std::fs;
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["gpu/measure.sh", "gpu/figures.awk"] {
        let from = root().join("tests").join(name);
        fs::copy(&from, at(from.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    for name in ["cnn-gpu", "conv-race", "cuda_peer.py"] {
        fs::copy(referee::fixture_path("gpu").join(name), at(name)).unwrap();
    }
    fs::write(at("versions.txt"), "commit abc\nrustc 1.95.0\n").unwrap();
    let mut script = Command::new("bash");
    let output = script.arg(at("measure.sh")).arg(at("out")).output().unwrap();
    let (out, err) = referee::texts(&output);
    assert!(output.status.success(), "{out}{err}");

    let run = GpuRun::read(&at("out/gpu.json")).unwrap();
    assert!(run.check_publishable().is_ok());
    assert_eq!(run.text("/gpu/adapter"), "Card 9 \"X\" (a card of its own; Vulkan)");
    assert_eq!(run.text("/versions/rustc"), "1.95.0");
    let article = [Some(8.0), Some(56.2), Some(61.3), Some(420.5), Some(75.5)];
    assert_eq!(run.step(NETWORKS[0]), article);
    assert_eq!(run.step(NETWORKS[1]), [Some(33.7), Some(144.8), Some(151.0), None, None]);
    assert_eq!(run.convolution("forward"), [Some(2064.4), Some(9633.8), Some(18063.4)]);
    assert_eq!(run.convolution("dw"), [None, Some(6881.3), None]);
    assert_eq!(run.value("times", "copy", "value"), Some(1500.0));
    assert_eq!(run.version("PyTorch"), Some("2.11.0"));
    assert_eq!(run.overtakes(RACES[0]).as_deref(), Some("64"));
    assert_eq!(run.overtakes(RACES[1]).as_deref(), Some("more than 1,024"));
    assert_eq!(
        run.open_parts(),
        [
            "peers (graph of one-convolution, 25: out of memory)",
            "race, filters: 1, batch: 1024 (the GPU Card 9 has no memory left)",
        ]
    );
    let raw = fs::read_to_string(at("out/raw.txt")).unwrap();
    assert!(raw.contains("== times: cnn-gpu --data built-in --out WORK/out"), "{raw}");
    assert!(!raw.contains(folder.path().to_str().unwrap()), "{raw}");
}
