//! The scripts and styles of the live figures, which `look.html` and the book share.

/// A file of `docs/book/live`: its name and its text.
type File = (&'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../docs/book/live/", $name)))
    };
}

/// The style.
pub const STYLE: File = file!("live.css");
/// The scripts, in the order in which a page loads them.
pub const SCRIPTS: [File; 28] = [
    file!("words.js"),
    file!("words_en.js"),
    file!("words_ja.js"),
    file!("dom.js"),
    file!("palette.js"),
    file!("arithmetic.js"),
    file!("data.js"),
    file!("network.js"),
    file!("npz.js"),
    file!("centre.js"),
    file!("sheet.js"),
    file!("grids.js"),
    file!("pad.js"),
    file!("figure.js"),
    file!("top.js"),
    file!("explain.js"),
    file!("inspector.js"),
    file!("forward.js"),
    file!("explain_back.js"),
    file!("slide.js"),
    file!("learn.js"),
    file!("back.js"),
    file!("patches.js"),
    file!("training.js"),
    file!("fool.js"),
    file!("optimisers.js"),
    file!("regularisers.js"),
    file!("start.js"),
];
/// What a page runs behind them.
pub const START: &str = "Live.startAll();";
