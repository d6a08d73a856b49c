//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.

use common::Result;

fn main() -> Result {
    Ok(())
}
