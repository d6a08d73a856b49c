//! Makes a book of the pages in `docs/`, one for each language. The pages are
//! written for GitHub; mdBook sends them to this preprocessor:
//!
//! ```text
//! language  the languages
//! formula   $$ ... $$ becomes MathML, which a browser draws without a network
//! links     links and pictures, as the book needs them
//! live      figures to draw on, in JavaScript
//! page      converts a page, with a link to the same page in the other language
//! edition   converts all pages of a language, and adds the pages that both share
//! drawings  how things work, drawn as SVG in both languages
//! ```

pub mod drawings;
pub mod edition;
pub mod formula;
pub mod language;
pub mod links;
pub mod live;
pub mod page;
