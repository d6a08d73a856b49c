//! Japanese pages use one word for one thing, the textbooks' word.

use std::fs;

use referee::pages::{all_pages, parts, without_code};

/// Words that the pages do not use, and what they use in their place.
const WORDS: &[(&str, &str)] = &[
    ("雑音", "ノイズ"),
    ("検証用", "検証データ"),
    ("出発点", "初期値"),
    ("フラグ", "オプション"),
    ("目が覚め", "期待はずれ"),
    ("責任を問", "勾配を受け取る"),
    ("罰として", "損失とする"),
    ("場所が言", "出力が"),
    ("歯が生え", "ぎざぎざ"),
    ("飢え", "足りない"),
    ("許し", "よい理由"),
    ("1 刻み", "1 クロック"),
    ("別の種類の記憶", "メモリーの確保"),
    ("自分で描いた数字", "プログラムが描いた内蔵の数字"),
    ("バッチの大きさ", "バッチサイズ"),
    ("ミニバッチの大きさ", "バッチサイズ"),
    ("最適化器", "最適化手法"),
    ("オプティマイザ", "最適化手法"),
    ("特徴地図", "特徴マップ"),
    ("逆伝搬", "逆伝播"),
    ("順伝搬", "順伝播"),
    ("早期停止", "早期終了"),
    ("アーリーストッピング", "早期終了"),
    ("神経細胞", "ニューロン"),
    ("隠れユニット", "隠れ層のニューロン"),
    ("交差エントロピー損失", "交差エントロピー誤差"),
    ("クロスエントロピー", "交差エントロピー"),
    ("ソフトマックス層", "ソフトマックス関数"),
    ("千百万", "億"),
];

#[test]
fn japanese_pages_use_the_textbooks_words() {
    let mut faults = Vec::new();
    for page in all_pages() {
        let path = page.display().to_string();
        if !path.contains("/ja/") && !path.ends_with(".ja.md") {
            continue;
        }
        for line in parts(&fs::read_to_string(&page).unwrap()).prose {
            let line = without_code(&line);
            for (wrong, right) in WORDS.iter().filter(|(wrong, _)| line.contains(wrong)) {
                faults.push(format!("{path}: {wrong} is {right} here: {line}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
