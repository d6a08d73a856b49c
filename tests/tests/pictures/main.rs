//! What the charts draw.

mod plots;
