//! Chapter 07, the parts that are tested: the ladder of convolutions, the
//! comparison that comes before every race, the stopwatch, and what is told of
//! the results.

mod compare;
mod courses;
mod gpu;
mod inputs;
mod layer;
mod network;
mod patches;
mod pictures;
mod race;
mod rate;
mod row;
mod rungs;
mod save;
mod shape;
mod stopwatch;
mod table;
mod tiles;

pub use compare::{difference, tolerance};
pub use courses::{Amount, Axis, Course, courses, own};
pub use gpu::{is_open as gpu_is_open, open as open_gpu};
pub use inputs::Inputs;
pub use layer::Layer;
pub use network::Network;
pub use pictures::{draw_ladder, draw_sweeps};
pub use race::{ARTICLE_MS, Race, race};
pub use rate::Rates;
pub use row::Row;
pub use rungs::{JUDGE, RUNGS, Rung, called};
pub use save::{save_csv, save_json};
pub use shape::{Pass, Shape};
pub use stopwatch::{Time, affordable, time};
pub use table::{ladder, sweeps};
