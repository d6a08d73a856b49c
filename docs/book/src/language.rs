//! The languages that the pages are written in.

use std::path::Path;

/// A language, with what its edition of the book needs.
pub struct Language {
    /// Its folder below `docs`, and its code.
    pub folder: &'static str,
    /// Its name, in that language.
    pub name: &'static str,
    /// The heading above the pages that both languages share.
    pub shared_heading: &'static str,
    /// The titles of [`crate::links::SHARED`] in the table of contents.
    pub shared_titles: [&'static str; 3],
}

impl Language {
    /// The first of both in English, the second in Japanese.
    pub fn choose<T>(&self, en: T, ja: T) -> T {
        if self.folder == "ja" { ja } else { en }
    }
}

/// Both languages.
pub const LANGUAGES: [Language; 2] = [
    Language {
        folder: "en",
        name: "English",
        shared_heading: "Measured",
        shared_titles: ["The ledger", "What it costs", "What others made"],
    },
    Language {
        folder: "ja",
        name: "日本語",
        shared_heading: "測定の記録（英語）",
        shared_titles: ["台帳", "計算時間", "第三者の著作物"],
    },
];

/// The language whose pages lie in `folder`, and the other one.
pub fn own_and_other(folder: &Path) -> (&'static Language, &'static Language) {
    let [en, ja] = &LANGUAGES;
    if folder.ends_with(ja.folder) { (ja, en) } else { (en, ja) }
}
