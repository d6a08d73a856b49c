//! How things work, drawn: `docs/pictures/drawings`, each drawing in both languages.
//!
//! ```text
//! canvas           boxes, cells with numbers, arrows and words, written as SVG
//! layout           what is wrong with where words stand on a canvas
//! parts            frames, cells and signs that several drawings have in common
//! numbers          what stands in the cells: convolutions, pools, batch norm
//!
//! dropout          a mask at training, none at test
//! filter_on_image  25 products and their sum
//! filter_gradient  df: the image seen through dz
//! image_gradient   dx: where shares overlap, they add up
//! im2col           every window becomes a row
//! col2im           every row goes back to its window
//! max_pool         windows that overlap, forward and back
//! batch_norm       the graph of operations, forward and back
//! register_tile    outputs that stay in registers, lesson 05
//! workgroup_tile   a workgroup of the GPU and its tile, lesson 06
//! ```

mod batch_norm;
mod canvas;
mod col2im;
mod dropout;
mod filter_gradient;
mod filter_on_image;
mod im2col;
mod image_gradient;
#[cfg(test)]
mod layout;
mod max_pool;
mod numbers;
mod parts;
mod register_tile;
mod workgroup_tile;

use crate::language::{LANGUAGES, Language};
use canvas::Canvas;

/// Draws the words in a language.
type Draw = fn(&Language) -> Canvas;

/// The names of all drawings, and what draws them.
const DRAWINGS: [(&str, Draw); 10] = [
    ("dropout", dropout::draw),
    ("filter-on-image", filter_on_image::draw),
    ("filter-gradient", filter_gradient::draw),
    ("image-gradient", image_gradient::draw),
    ("im2col", im2col::draw),
    ("col2im", col2im::draw),
    ("max-pool", max_pool::draw),
    ("batch-norm", batch_norm::draw),
    ("register-tile", register_tile::draw),
    ("workgroup-tile", workgroup_tile::draw),
];

/// The file name of every drawing in every language, such as `dropout.en.svg`, and the SVG.
pub fn all() -> Vec<(String, String)> {
    canvases().into_iter().map(|(name, canvas)| (name, canvas.svg())).collect()
}

fn canvases() -> Vec<(String, Canvas)> {
    let mut all = Vec::new();
    for (name, draw) in DRAWINGS {
        for language in &LANGUAGES {
            all.push((format!("{name}.{}.svg", language.folder), draw(language)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn files_are_what_the_code_draws_and_there_are_no_others() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pictures/drawings");
        let all = all();
        for (name, svg) in &all {
            let file = fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(
                file == *svg,
                "{name} is not as drawn; cargo run --release -p book -- drawings"
            );
        }
        let names = fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let drawn: BTreeSet<String> = all.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.collect::<BTreeSet<_>>(), drawn);
    }

    #[test]
    fn words_are_large_enough_inside_and_free_of_each_other_and_of_lines() {
        for (name, canvas) in canvases() {
            assert_eq!(layout::faults(&canvas), Vec::<String>::new(), "{name}");
        }
    }
}
