//! The tour: builds and runs every chapter, and compares what it reached with
//! the published figures. In reading order.

pub mod chapters; // the table of chapters, from chapters.json
pub mod args; // the flags, and what follows from them
pub mod workspace; // where the chapters are, and cargo for them
pub mod process; // runs one program: its log, its output, Ctrl-C
pub mod build; // builds all chapters at once
pub mod results; // what a chapter reached over its seeds, with mean and spread, or how it failed
pub mod machine; // what this machine has
pub mod probe; // how fast this machine is
pub mod work; // how long the chapters take here
pub mod doctor; // before a reader starts: what there is, what is missing, how long it takes
pub mod run; // runs one chapter over its seeds
pub mod live_table; // the progress of all chapters on a terminal
pub mod report; // the table and the notices at the end
pub mod ledger; // the published figures beside ours, as Markdown and CSV
pub mod curves; // reads the curves that chapters 01 to 03 have saved
pub mod overview; // draws one picture of the whole tour
pub mod numbers; // the numbers on the pages, from outputs and figures that are kept
pub mod markdown; // finds pictures, and renews outputs and numbers in a page
pub mod translate; // charts in Japanese
pub mod look; // the numbers of the live figures on the pages
pub mod publishable; // what may reach the pages
pub mod docs; // renews what docs/ has from the runs
