//! Eight numbers that are computed with at once: see [`common::vector`].

pub use common::Real as Fast;
pub use common::vector::*;
