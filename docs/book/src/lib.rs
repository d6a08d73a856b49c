//! Makes a book of the pages in `docs/`, one for each language.
//!
//! The pages are written for GitHub. mdBook turns them into a book, and between
//! the two stands this preprocessor, so that `mdbook build docs/en` needs
//! nothing else:
//!
//! ```text
//! formula   $$ ... $$ becomes MathML, which a browser draws by itself, offline
//! links     what lies outside a language's folder, the ledger above all, comes in
//! page      a page with both done, and the link to the same page in the other language
//! edition   the pages of one language, and those that it takes in
//! ```

pub mod edition;
pub mod formula;
pub mod links;
pub mod page;
