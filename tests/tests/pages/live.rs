//! The live figures of the pages: their scripts, and the numbers that they show.

use std::fs;

use common::look::{SCRIPTS, STYLE};
use referee::pages::pages;
use referee::root;
use serde_json::Value;

#[test]
fn every_script_is_loaded_and_loads_nothing_from_anywhere() {
    let mut files: Vec<&str> = SCRIPTS.iter().chain([&STYLE]).map(|(name, _)| *name).collect();
    files.sort();
    let folder = fs::read_dir(root().join("docs/book/live")).unwrap();
    let mut there: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(files, there);
    let mut lines = 0;
    for (name, text) in SCRIPTS.iter().chain([&STYLE]) {
        lines += text.lines().count();
        // `fetch` and the like would fail on a page that is opened from a file.
        let forbidden =
            ["http:", "https:", "//cdn", "fetch(", "XMLHttpRequest", "import ", "@import"];
        for word in forbidden.into_iter().chain(["</script", "<!--", "url("]) {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
    assert!(lines < 3_000, "{lines} lines");
}

#[test]
fn every_page_with_a_network_has_the_numbers_of_its_chapter() {
    let mut networks = 0;
    for page in pages("en") {
        let text = fs::read_to_string(&page).unwrap();
        if !text.lines().any(|line| line.starts_with("<div data-live=\"network\">")) {
            continue;
        }
        networks += 1;
        let chapter = page.file_stem().unwrap().to_str().unwrap();
        let path = root().join("docs/pictures").join(chapter).join("look.js");
        let script =
            fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let json = script.trim().strip_prefix("Live.data = ").and_then(|s| s.strip_suffix(';'));
        let data: Value = serde_json::from_str(json.unwrap()).unwrap();
        assert_eq!(data["chapter"], chapter);
        assert!(script.len() < 600_000, "{chapter}: {} bytes", script.len());
        for layer in data["layers"].as_array().unwrap() {
            for name in ["w", "b"].iter().filter_map(|key| layer[key].as_str()) {
                let shape = data["arrays"][name]["shape"].as_array().unwrap();
                let count: u64 = shape.iter().map(|side| side.as_u64().unwrap()).product();
                let length = data["arrays"][name]["data"].as_str().unwrap().len() as u64;
                assert_eq!(length, (4 * count).div_ceil(3) * 4, "{chapter}: {name}");
            }
        }
    }
    assert_eq!(networks, 8);
}
