//! Chapter 03, the parts that are tested: the two networks side by side, a
//! training that can be stopped and taken up again, and the work of training
//! many of them on all cores.

mod answers;
mod network;
mod run;
mod work;

pub use answers::{how_fast, how_long, how_wide, save_curves};
pub use network::Network;
pub use run::{Examples, Pair, Point, Run, Setting};
pub use work::train_all;
