//! What the pages say holds: links lead somewhere, names are spelled right.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use referee::pages::{
    all_markdown, all_pages, anchor, headings, pages, parts, targets, without_code, without_targets,
};
use referee::root;

fn names(language: &str) -> Vec<String> {
    let name = |page: &PathBuf| page.file_name().unwrap().to_string_lossy().into_owned();
    pages(language).iter().map(name).collect()
}

#[test]
fn both_editions_have_the_same_pages() {
    assert_eq!(names("en"), names("ja"));
}

#[test]
fn the_table_of_contents_lists_every_page_in_order() {
    for language in ["en", "ja"] {
        let path = root().join("docs").join(language).join("SUMMARY.md");
        let text = fs::read_to_string(&path).unwrap();
        let listed: Vec<&str> = targets(&text);
        let mut pages = names(language);
        pages.insert(0, "README.md".to_owned());
        assert_eq!(listed, pages, "{}", path.display());
    }
}

#[test]
fn links_and_pictures_lead_somewhere() {
    let mut anchors: HashMap<PathBuf, Vec<String>> = HashMap::new();
    let mut faults = Vec::new();
    for page in all_markdown() {
        let prose = parts(&fs::read_to_string(&page).unwrap()).prose.join("\n");
        let sources = prose.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for target in targets(&prose).into_iter().chain(sources) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, part) = target.split_once('#').unwrap_or((target, ""));
            let mut path = page.parent().unwrap().join(file);
            if file.is_empty() {
                path = page.clone();
            }
            if !path.exists() {
                faults.push(format!("{}: {target} leads nowhere", page.display()));
            } else if !part.is_empty() {
                let known = anchors.entry(path.clone()).or_insert_with(|| all_anchors(&path));
                if !known.iter().any(|known| known == part) {
                    faults.push(format!("{}: {target} names no heading", page.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The anchors of a page; a heading that comes again gets a number.
fn all_anchors(page: &Path) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let headings = headings(&fs::read_to_string(page).unwrap());
    let number = |heading: &String| {
        let anchor = anchor(heading);
        let before = seen.entry(anchor.clone()).and_modify(|n| *n += 1).or_insert(0);
        if *before == 0 { anchor } else { format!("{anchor}-{before}") }
    };
    headings.iter().map(number).collect()
}

/// GitHub draws what stands between single dollars, the book does not.
#[test]
fn formulas_stand_on_lines_of_their_own() {
    for page in all_markdown() {
        for line in parts(&fs::read_to_string(&page).unwrap()).prose {
            let line = without_code(&line);
            let inner = line.trim().strip_prefix("$$").and_then(|line| line.strip_suffix("$$"));
            let inner = inner.unwrap_or(&line);
            assert!(!inner.contains('$'), "{}: {line}", page.display());
        }
    }
}

/// Names as their bearers write them.
const NAMES: &[&str] = &[
    "Adam",
    "Bahdanau",
    "Baydin",
    "Bengio",
    "Biewald",
    "Bishop",
    "Bordes",
    "Bottou",
    "Bouthillier",
    "Bridle",
    "Burges",
    "Cauchy",
    "Chetlur",
    "Chromium",
    "Ciresan",
    "Cortes",
    "Courville",
    "Cox",
    "Cybenko",
    "Darwin",
    "Dietterich",
    "Duchi",
    "Fisher",
    "Flux",
    "Fukushima",
    "Gauss",
    "GitHub",
    "Glorot",
    "Goldberg",
    "Goodfellow",
    "Goto",
    "Haffner",
    "Hinton",
    "Hubel",
    "Hubert",
    "Ioffe",
    "Jacobi",
    "JAX",
    "Julia",
    "Keras",
    "Kingma",
    "Knet",
    "Krizhevsky",
    "Lafon",
    "LeCun",
    "Linux",
    "LLVM",
    "Markdown",
    "MathML",
    "McNemar",
    "Metal",
    "Minsky",
    "MNIST",
    "Momentum",
    "Moore",
    "Müller",
    "ndarray",
    "Nesterov",
    "Noto",
    "NumPy",
    "Nvidia",
    "OpenBLAS",
    "Orr",
    "Papert",
    "Pearlmutter",
    "Platt",
    "Polyak",
    "Prechelt",
    "Python",
    "PyTorch",
    "Radul",
    "rayon",
    "ReLU",
    "Robbins",
    "Rosenblatt",
    "Rumelhart",
    "Rust",
    "rustc",
    "Salakhutdinov",
    "SciPy",
    "SIMD",
    "Simard",
    "Simonyan",
    "Siskind",
    "Smith",
    "Srivastava",
    "Steinkraus",
    "Strassen",
    "Sutskever",
    "Szegedy",
    "Taylor",
    "TensorFlow",
    "Tieleman",
    "Toeplitz",
    "Vanhoucke",
    "Vulkan",
    "wgpu",
    "WGSL",
    "Wiesel",
    "Williams",
    "Winograd",
    "Xavier",
    "Xiao",
    "Zalando",
    "Zenodo",
    "Zisserman",
    "Zeiler",
];

/// Words of their own that are a letter away from a name.
const OTHER_WORDS: &[&str] = &["Adams", "Papers", "Metals", "Just", "Trust", "Dust", "Must"];

#[test]
fn names_are_spelled_right() {
    let mut faults = Vec::new();
    for page in all_markdown() {
        for line in parts(&fs::read_to_string(&page).unwrap()).prose {
            if line.trim_start().starts_with("<!-- ") {
                continue;
            }
            // Japanese stands around a name without a blank.
            let of_name = |c: char| c.is_alphabetic() && (c as u32) < 0x250;
            for word in without_code(&without_targets(&line)).split(|c| !of_name(c)) {
                if let Some(right) = misspelled(word) {
                    let at = page.display();
                    faults.push(format!("{at}: {word}: is it {right}? In: {line}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The name that `word` is not, by case or by one letter.
fn misspelled(word: &str) -> Option<&'static str> {
    if NAMES.contains(&word) || OTHER_WORDS.contains(&word) {
        return None;
    }
    let capital = word.starts_with(char::is_uppercase);
    NAMES.iter().copied().find(|name| {
        // Common words too, when they are small: adam, metal, moore, python.
        let unmistakable = name.chars().skip(1).any(char::is_uppercase);
        let case = name.to_lowercase() == word.to_lowercase() && (capital || unmistakable);
        let shout = *word == name.to_uppercase(); // as in a constant
        (case && !shout) || (capital && name.len() > 5 && one_letter_apart(name, word))
    })
}

/// Whether one letter was changed, left out, put in, or changed places with its
/// neighbour.
fn one_letter_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same_start..], &b[same_start..]);
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - same_end], &b[..b.len() - same_end]);
    match (a, b) {
        ([_], [_]) | ([], [_]) | ([_], []) => true,
        ([a0, a1], [b0, b1]) => a0 == b1 && a1 == b0,
        _ => false,
    }
}

#[test]
fn the_tests_of_pages_see_what_they_look_for() {
    assert_eq!(anchor("## What *goes* wrong?"), "what-goes-wrong");
    assert_eq!(anchor("## 何が起こるか、見てみましょう"), "何が起こるか見てみましょう");
    assert_eq!(misspelled("Nestrov"), Some("Nesterov"));
    assert_eq!(misspelled("Numpy"), Some("NumPy"));
    assert_eq!(misspelled("pytorch"), Some("PyTorch"));
    assert_eq!(misspelled("Hniton"), Some("Hinton"));
    assert_eq!((misspelled("Kingma"), misspelled("learning")), (None, None));
    assert!(all_pages().len() > 8);
}
