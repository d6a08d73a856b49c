//! How things work, drawn: `docs/pictures/drawings`, each drawing in both languages.
//!
//! ```text
//! canvas           boxes, cells with numbers, arrows and words, written as SVG
//! layout           what is wrong with where words stand on a canvas
//! parts            frames, cells and signs that several drawings have in common
//! numbers          what stands in the cells: convolutions, pools, batch norm
//!
//! network          the networks of the lessons, with shapes
//! filter_on_image  25 products and their sum
//! filter_gradient  df: the image convolved with dz
//! image_gradient   dx: the filter times each dz[i,j], added where they overlap
//! im2col           every patch becomes a row
//! col2im           every row is added to its patch
//! register_tile    sums that stay in registers, lesson 05
//! workgroup_tile   a workgroup of the GPU and its tile, lesson 06
//! max_pool         windows that overlap, forward and backward
//! dropout          a mask at training, none at test
//! adam             two means, their correction, and the step
//! batch_norm       the graph of operations, forward and backward
//! checkpoint       the files of a checkpoint, with their fields
//! ```

mod adam;
mod batch_norm;
mod canvas;
mod checkpoint;
mod col2im;
mod dropout;
mod filter_gradient;
mod filter_on_image;
mod im2col;
mod image_gradient;
mod layout;
mod max_pool;
mod network;
mod numbers;
mod parts;
mod register_tile;
mod workgroup_tile;

use crate::language::{LANGUAGES, Language};
use canvas::Canvas;
use network::{convolutional, dense, gpu};

/// Draws the words in a language.
type Draw = fn(&Language) -> Canvas;

/// The names of all drawings, and what draws them.
const DRAWINGS: [(&str, Draw); 23] = [
    ("network-01", dense::perceptron),
    ("network-02", dense::hidden_layer),
    ("network-04", convolutional::naive),
    ("network-05", convolutional::im2col),
    ("network-06", gpu::gpu),
    ("network-08", convolutional::deep),
    ("network-09", dense::dropout),
    ("network-10", dense::batch_norm),
    ("network-11", dense::iris),
    ("network-12", convolutional::fashion),
    ("network-13", convolutional::checkpoints),
    ("filter-on-image", filter_on_image::draw),
    ("filter-gradient", filter_gradient::draw),
    ("image-gradient", image_gradient::draw),
    ("im2col", im2col::draw),
    ("col2im", col2im::draw),
    ("register-tile", register_tile::draw),
    ("workgroup-tile", workgroup_tile::draw),
    ("max-pool", max_pool::draw),
    ("dropout", dropout::draw),
    ("adam", adam::draw),
    ("batch-norm", batch_norm::draw),
    ("checkpoint", checkpoint::draw),
];

/// The file name of every drawing in every language, such as `dropout.en.svg`, and the SVG.
pub fn all() -> Vec<(String, String)> {
    canvases().into_iter().map(|(name, canvas)| (name, canvas.svg())).collect()
}

/// What is wrong in the drawings: a sentence for each fault, with the name of the file.
pub fn faults() -> Vec<String> {
    let named = |(name, canvas): (String, Canvas)| {
        layout::faults(&canvas).into_iter().map(move |fault| format!("{name}: {fault}"))
    };
    canvases().into_iter().flat_map(named).collect()
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
        assert_eq!(faults(), Vec::<String>::new());
    }
}
