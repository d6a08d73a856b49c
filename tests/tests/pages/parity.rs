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
            let formulas = starting("$$").into_iter();
            formulas.map(|line| WORDS.replace_all(&line, "words").into_owned()).collect()
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

/// Whole numbers that stand in the sentences of each section: `28`, and in words `two` or
/// 二つ. A number in words need not stand in the other language, one in digits must.
fn whole_numbers(text: &str) -> Vec<(String, BTreeSet<u64>, BTreeSet<u64>)> {
    static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^0-9.,A-Za-z_^-])([0-9]{1,3})(?:$|[^0-9A-Za-z_^]|[.,](?:$|[^0-9]))")
            .unwrap()
    });
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    const MORE: [(&str, u64); 12] = [
        ("half", 2),
        ("twice", 2),
        ("both", 2),
        ("third", 3),
        ("quarter", 4),
        ("once", 1),
        ("first", 1),
        ("second", 2),
        ("single", 1),
        ("dozen", 12),
        ("fifth", 5),
        ("tenth", 10),
    ];
    const KANJI: [char; 11] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
    let mut sections = vec![(String::new(), BTreeSet::new(), BTreeSet::new())];
    for line in parts(text).prose {
        if line.starts_with('#') {
            sections.push((line.clone(), BTreeSet::new(), BTreeSet::new()));
        }
        if line.starts_with("$$") || line.starts_with("**Before") || line.starts_with("**先に") {
            continue;
        }
        let line = without_code(&without_targets(&line));
        let large = ["万", "億", "thousand", "million", "billion"];
        let (_, digits, words) = sections.last_mut().unwrap();
        if large.iter().all(|word| !line.contains(word)) {
            // A separator may end one number and begin the next.
            for part in line.split(' ') {
                digits.extend(WHOLE.captures_iter(part).filter_map(|f| f[1].parse::<u64>().ok()));
            }
        }
        let lower = line.to_lowercase();
        for word in lower.split(|c: char| !c.is_ascii_alphabetic()) {
            let known = WORDS.iter().position(|w| *w == word || format!("{w}s") == word);
            words.extend(known.map(|n| n as u64));
            words.extend(MORE.iter().filter(|(w, _)| word.starts_with(w)).map(|(_, n)| n));
        }
        words.extend(
            KANJI.iter().enumerate().filter(|(_, k)| line.contains(**k)).map(|(n, _)| n as u64),
        );
        words.extend(line.contains("半").then_some(2));
        words.extend(line.contains("両").then_some(2));
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
        let sections = whole_numbers(&text(&en)).into_iter().zip(whole_numbers(&text(&ja)));
        for ((heading, digits, words), (_, ja_digits, ja_words)) in sections {
            for n in digits.iter().filter(|n| !ja_digits.contains(n) && !ja_words.contains(n)) {
                faults.push(format!("{}: {heading}: {n} stands in English only", name(&ja)));
            }
            for n in ja_digits.iter().filter(|n| !digits.contains(n) && !words.contains(n)) {
                faults.push(format!("{}: {heading}: {n} stands in Japanese only", name(&ja)));
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
                $$a = \\text{some} b$$\n<!-- 04 x -->7<!-- / --> begins a line\n";
    let all = agreed(page);
    let of = |name: &str| &all.iter().find(|(what, _)| *what == name).unwrap().1;
    assert_eq!(*of("levels of the headings"), ["#"]);
    assert_eq!(*of("code, commands and output"), ["# no heading"]);
    assert_eq!(*of("links"), ["c.md"]);
    assert_eq!(*of("formulas"), ["$$a = words b$$"]);
    assert_eq!(*of("markers"), ["<!-- output: x -->"]);
    let sections =
        whole_numbers("# A\n3 x 4 of two, 28, v2 and 1.5; 60,000\n## B\n二つの 7 です。\n");
    assert_eq!(sections[1].1, BTreeSet::from([3, 4, 28]));
    assert_eq!(sections[1].2, BTreeSet::from([2]));
    assert_eq!((&sections[2].1, &sections[2].2), (&BTreeSet::from([7]), &BTreeSet::from([2])));
}
