//! The table of chapters.

use std::fs;

use referee::root;
use tour::chapters::{Chapter, Preset, all, parse_name, select};

#[test]
fn every_entry_is_a_package_of_the_course_in_its_folder() {
    for chapter in all() {
        let manifest = root().join("chapters").join(&chapter.folder).join("Cargo.toml");
        let manifest = fs::read_to_string(&manifest).unwrap();
        let name = format!("name = \"{}\"", chapter.package);
        assert!(manifest.lines().any(|line| line == name), "{name}");
    }
}

#[test]
fn every_chapter_is_an_entry_and_they_are_in_order() {
    let numbered = fs::read_dir(root().join("chapters")).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with(|c: char| c.is_ascii_digit())
    });
    assert_eq!(numbered.count(), all().len());
    assert!(all().is_sorted_by_key(|chapter| &chapter.folder));
}

#[test]
fn every_entry_has_runs_and_published_figures_with_their_notes() {
    for chapter in all() {
        for preset in [Preset::Quick, Preset::Normal, Preset::Full] {
            assert!(chapter.plans[&preset].seeds >= 1, "{}", chapter.package);
        }
        let quick = &chapter.plans[&Preset::Quick];
        assert!(quick.arguments.iter().any(|flag| flag == "--quick"));
        assert!(!chapter.published.is_empty(), "{}", chapter.package);
        for published in &chapter.published {
            let texts = [&published.figure, &published.article, &published.note];
            assert!(texts.iter().all(|text| !text.is_empty()), "{published:?}");
        }
    }
}

#[test]
fn a_misspelt_field_is_refused() {
    let entry = r#"{ "package": "p", "folder": "f", "title": "", "data": "", "published": [],
        "quick": { "seeds": 1, "arguments": [] } FIELD }"#;
    let parse = |field| serde_json::from_str::<Chapter>(&entry.replace("FIELD", field));
    assert!(parse("").is_ok());
    for field in [r#", "quik": { "seeds": 1, "arguments": [] }"#, r#", "need_gpu": true"#] {
        assert!(parse(field).is_err(), "{field}");
    }
}

#[test]
fn chapters_are_selected_by_package_or_folder_and_come_in_the_course_s_order() {
    let names = ["03-iterations", "perceptron", "perceptron"].map(str::to_owned);
    let packages: Vec<_> = select(&names).iter().map(|c| &c.package).collect();
    assert_eq!(packages, ["perceptron", "iterations"]);
    assert_eq!(select(&[]).len(), all().len());
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let fault = parse_name("nonsense").unwrap_err();
    assert!(fault.contains("perceptron, hidden-layer, iterations, cnn-naive"), "{fault}");
    assert_eq!(parse_name("02-hidden-layer").unwrap(), "02-hidden-layer");
}
