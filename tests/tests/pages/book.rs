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

<<<<<<< HEAD
=======
/// What must be the same in both editions of a page: each with a name for the
/// message.
fn agreed(text: &str) -> Vec<(&'static str, Vec<String>)> {
    let page = parts(text);
    let prose = page.prose.join("\n");
    let starting = |start: &str| -> Vec<String> {
        let lines = page.prose.iter().map(|line| line.trim());
        lines.filter(|line| line.starts_with(start)).map(str::to_owned).collect()
    };
    let level = |heading: &String| heading.chars().take_while(|c| *c == '#').collect();
    let kept = page.blocks.iter().filter(|b| b.marked || matches!(&*b.language, "sh" | "rust"));
    vec![
        ("markers", starting("<!-- ")),
        ("live figures", {
            let kind = |line: &String| line.split('"').nth(1).map(str::to_owned);
            starting("<div data-live=").iter().filter_map(kind).collect()
        }),
        ("formulas", starting("$$")),
        ("solutions", starting("<details>").iter().map(|_| String::new()).collect()),
        ("levels of the headings", headings(text).iter().map(level).collect()),
        ("rows of the tables", starting("|").iter().map(|_| String::new()).collect()),
        ("pictures", {
            // A drawing has its words in the page's language.
            let targets = targets(&prose).into_iter();
            let targets = targets.map(|target| target.replace(".ja.svg", ".en.svg"));
            targets.filter(|target| target.contains("pictures/")).collect()
        }),
        ("kinds of blocks", page.blocks.iter().map(|block| block.language.clone()).collect()),
        ("code, commands and output", kept.map(|block| block.text.clone()).collect()),
        ("figures", figures(&prose)),
    ]
}

/// Numbers with a decimal point or a comma between thousands, sorted: 86.64,
/// 60,000. Smaller whole numbers may be words in one language.
fn figures(prose: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    for word in without_targets(prose).split(|c: char| !is_of_number(c)) {
        let word = word.trim_matches(['.', ',']);
        let inner = |c: char| word.contains(c);
        let thousands = word.split(',').skip(1).all(|group| group.len() >= 3);
        if (inner('.') || inner(',')) && thousands {
            found.push(word.to_owned());
        }
    }
    found.sort();
    found
}

/// The first place where two lists part, for a message.
fn difference(en: &[String], ja: &[String]) -> String {
    let k = en.iter().zip(ja).take_while(|(a, b)| a == b).count();
    let at = |list: &[String]| list.get(k).cloned().unwrap_or("nothing".to_owned());
    format!("{} and {}; number {} is\n  {}\nand\n  {}", en.len(), ja.len(), k + 1, at(en), at(ja))
}

#[test]
fn both_editions_show_the_same() {
    let mut faults = Vec::new();
    let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
    pairs.extend(pages("ja").into_iter().map(|ja| (root().join("docs/en").join(name(&ja)), ja)));
    pairs.push((root().join("docs/en/README.md"), root().join("docs/ja/README.md")));
    pairs.push((root().join("README.md"), root().join("README.ja.md")));
    let exercises = root().join("docs/exercises");
    pairs.push((exercises.join("README.md"), exercises.join("README.ja.md")));
    for (en, ja) in pairs {
        let text = |page: &Path| fs::read_to_string(page).unwrap();
        for ((what, en), (_, ja_has)) in agreed(&text(&en)).iter().zip(&agreed(&text(&ja))) {
            if en != ja_has {
                faults.push(format!("{}: {what}: {}", name(&ja), difference(en, ja_has)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

>>>>>>> d1
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
