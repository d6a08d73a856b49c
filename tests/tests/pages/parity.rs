//! The two editions of the book say the same: code, pictures, links, formulas, and numbers,
//! section by section.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use referee::pages::{headings, pages, parts, targets, without_code, without_targets};
use referee::root;
use regex::Regex;

fn name(page: &Path) -> String {
    page.file_name().unwrap().to_string_lossy().into_owned()
}

/// A picture, a page or a chart by the name that it has in both languages.
fn in_no_language(target: &str) -> String {
    let target = target.replace(".en.svg", ".svg").replace(".ja.svg", ".svg");
    let target = target.replace("README.ja.md", "README.md").replace("docs/ja/", "docs/en/");
    target.split('#').next().unwrap_or_default().to_owned() // headings differ
}

/// What must be the same in both editions of a page: each with a name for the
/// message.
fn agreed(text: &str) -> Vec<(&'static str, Vec<String>)> {
    static WORDS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\\(?:text|mathrm|textrm)\{[^}]*\}").unwrap());
    let page = parts(text);
    let prose = page.prose.join("\n");
    let starting = |start: &str| -> Vec<String> {
        let lines = page.prose.iter().map(|line| line.trim());
        lines.filter(|line| line.starts_with(start)).map(str::to_owned).collect()
    };
    let level = |heading: &String| heading.chars().take_while(|c| *c == '#').collect();
    let kept = page.blocks.iter().filter(|b| b.marked || matches!(&*b.language, "sh" | "rust"));
    let all_targets = || targets(&prose).into_iter().map(in_no_language);
    vec![
        ("markers", {
            let lines = starting("<!-- ").into_iter().filter(|line| line.ends_with("-->"));
            lines.filter(|line| !line.contains("<!-- / -->")).collect()
        }),
        ("live figures", {
            let kind = |line: &String| line.split('"').nth(1).map(str::to_owned);
            starting("<div data-live=").iter().filter_map(kind).collect()
        }),
        ("formulas", {
            // Words stand in another order.
            let symbols = |line: String| {
                let mut symbols: Vec<char> = WORDS.replace_all(&line, " ").chars().collect();
                symbols.retain(|c| !c.is_whitespace());
                symbols.sort();
                symbols.into_iter().collect()
            };
            starting("$$").into_iter().map(symbols).collect()
        }),
        ("solutions", starting("<details>").iter().map(|_| String::new()).collect()),
        ("levels of the headings", headings(text).iter().map(level).collect()),
        ("rows of the tables", starting("|").iter().map(|_| String::new()).collect()),
        ("pictures", all_targets().filter(|target| target.contains("pictures/")).collect()),
        ("links", {
            let mut links: Vec<String> =
                all_targets().filter(|target| !target.contains("pictures/")).collect();
            links.sort();
            links
        }),
        ("kinds of blocks", page.blocks.iter().map(|block| block.language.clone()).collect()),
        ("code, commands and output", kept.map(|block| block.text.clone()).collect()),
        ("figures", figures(&prose)),
    ]
}

/// Numbers with a decimal point or a comma between thousands, sorted: 86.64,
/// 60,000.
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

/// The whole numbers of a section of a page.
#[derive(Default)]
struct Section {
    heading: String,
    /// Those in its sentences, written in digits: 28.
    in_sentences: BTreeSet<u64>,
    /// All of them, with those in code and output, and those in words: two, 二つ.
    all: BTreeSet<u64>,
}

const WORDS: [(&str, u64); 38] = [
    ("zero", 0),
    ("no", 0),
    ("one", 1),
    ("once", 1),
    ("single", 1),
    ("first", 1),
    ("two", 2),
    ("twice", 2),
    ("second", 2),
    ("both", 2),
    ("half", 2),
    ("three", 3),
    ("third", 3),
    ("four", 4),
    ("quarter", 4),
    ("five", 5),
    ("fifth", 5),
    ("six", 6),
    ("sixth", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("tenth", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("sixteen", 16),
    ("twenty", 20),
    ("twenty-three", 23),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("eighty", 80),
    ("hundred", 100),
    ("hundredth", 100),
    ("thousand", 1000),
    ("thousandth", 1000),
];
const KANJI: [char; 11] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
/// 1 億 is not 1.
const LARGE: [&str; 5] = ["万", "億", "thousand", "million", "billion"];

fn sections(text: &str) -> Vec<Section> {
    static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
        let before = r"(?:^|[^0-9.,A-Za-z_^-])";
        let behind = r"(?:$|[^0-9A-Za-z_^.,]|[.,](?:$|[^0-9]))";
        Regex::new(&format!("{before}([0-9]{{1,3}}){behind}")).unwrap()
    });
    static ANY: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9]+").unwrap());
    let mut sections = vec![Section::default()];
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        if line.starts_with('#') && !in_code {
            sections.push(Section { heading: line.to_owned(), ..Section::default() });
        }
        let section = sections.last_mut().unwrap();
        let digits = ANY.find_iter(line).filter_map(|found| found.as_str().parse::<u64>().ok());
        section.all.extend(digits);
        let words = line.to_lowercase();
        for word in words.split(|c: char| !c.is_ascii_alphabetic() && c != '-') {
            let same = |known: &str| word == known || word.strip_suffix('s') == Some(known);
            section.all.extend(WORDS.iter().filter(|(known, _)| same(known)).map(|(_, n)| n));
        }
        let kanji = KANJI.iter().enumerate().filter(|(_, k)| line.contains(**k));
        section.all.extend(kanji.map(|(n, _)| n as u64));
        section.all.extend((line.contains('半') || line.contains('両')).then_some(2));
        let is_formula = line.starts_with("$$");
        let is_head = line.starts_with("**Before") || line.starts_with("**先に");
        if in_code || is_formula || is_head || LARGE.iter().any(|word| line.contains(word)) {
            continue;
        }
        let sentence = without_code(&without_targets(line));
        // A blank may end one number and begin the next.
        for word in sentence.split(' ') {
            let found = WHOLE.captures_iter(word).filter_map(|found| found[1].parse::<u64>().ok());
            section.in_sentences.extend(found);
        }
    }
    sections
}

/// The first place where two lists part, for a message.
fn difference(en: &[String], ja: &[String]) -> String {
    let k = en.iter().zip(ja).take_while(|(a, b)| a == b).count();
    let at = |list: &[String]| list.get(k).cloned().unwrap_or("nothing".to_owned());
    format!("{} and {}; number {} is\n  {}\nand\n  {}", en.len(), ja.len(), k + 1, at(en), at(ja))
}

/// Each page in English and in Japanese.
fn pairs() -> Vec<(PathBuf, PathBuf)> {
    let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
    pairs.extend(pages("ja").into_iter().map(|ja| (root().join("docs/en").join(name(&ja)), ja)));
    pairs.push((root().join("docs/en/README.md"), root().join("docs/ja/README.md")));
    pairs.push((root().join("README.md"), root().join("README.ja.md")));
    let exercises = root().join("docs/exercises");
    pairs.push((exercises.join("README.md"), exercises.join("README.ja.md")));
    pairs
}

fn text(page: &Path) -> String {
    fs::read_to_string(page).unwrap()
}

#[test]
fn both_editions_show_the_same() {
    let mut faults = Vec::new();
    for (en, ja) in pairs() {
        for ((what, en), (_, ja_has)) in agreed(&text(&en)).iter().zip(&agreed(&text(&ja))) {
            if en != ja_has {
                faults.push(format!("{}: {what}: {}", name(&ja), difference(en, ja_has)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn both_editions_have_the_same_whole_numbers_in_each_section() {
    let mut faults = Vec::new();
    for (en, ja) in pairs() {
        for (en, ja_has) in sections(&text(&en)).into_iter().zip(sections(&text(&ja))) {
            let at = format!("{}: {}", name(&ja), en.heading);
            for n in en.in_sentences.difference(&ja_has.all) {
                faults.push(format!("{at}: {n} stands in English only"));
            }
            // For 1 there is "a".
            for n in ja_has.in_sentences.difference(&en.all).filter(|n| **n != 1) {
                faults.push(format!("{at}: {n} stands in Japanese only"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_tests_of_parity_see_what_they_look_for() {
    assert_eq!(
        figures("a 86.64 %, of 60,000; 3 and [1.5](x-2.5.md), 1, 2."),
        ["1.5", "60,000", "86.64"]
    );
    let page = "# A\n\n<!-- output: x -->\n\n```text\n# no heading\n```\n\n| a |\n[b](c.md#d)\n\
                $$a \\text{some} = b$$\n<!-- 04 x -->7<!-- / --> begins a line\n";
    let all = agreed(page);
    let of = |name: &str| &all.iter().find(|(what, _)| *what == name).unwrap().1;
    assert_eq!(*of("levels of the headings"), ["#"]);
    assert_eq!(*of("code, commands and output"), ["# no heading"]);
    assert_eq!(*of("links"), ["c.md"]);
    assert_eq!(*of("formulas"), ["$$$$=ab"]);
    assert_eq!(*of("markers"), ["<!-- output: x -->"]);
    let text =
        "# A\n3 x 4 of two, 28, v2 and 1.5; 60,000\n```text\n77\n```\n## B\n二つの 7 です。\n";
    let found = sections(text);
    assert_eq!(found[1].in_sentences, BTreeSet::from([3, 4, 28]));
    assert!(found[1].all.is_superset(&BTreeSet::from([2, 3, 4, 28, 77])));
    assert_eq!(found[2].in_sentences, BTreeSet::from([7]));
    assert_eq!(found[2].all, BTreeSet::from([2, 7]));
}
