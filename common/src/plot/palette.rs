//! At most 256 colours for a picture: small files, for the pages carry them.

use std::collections::HashMap;

use super::ink::Ink;
use super::raster::Raster;

/// The colours of one or more pictures, the most frequent first.
pub(super) struct Palette {
    colours: Vec<Ink>,
    index: HashMap<Ink, u8>,
}

impl Palette {
    /// Every colour where `most` suffice, at most 256, else the most frequent.
    pub(super) fn of<'a>(pictures: impl IntoIterator<Item = &'a Raster>, most: usize) -> Palette {
        let mut counts: HashMap<Ink, u64> = HashMap::new();
        for picture in pictures {
            for run in picture.pixels.chunk_by(|a, b| a == b) {
                *counts.entry(run[0]).or_default() += run.len() as u64;
            }
        }
        let mut counted: Vec<(Ink, u64)> = counts.into_iter().collect();
        // Equal counts go by colour, for the order of a hash map is chance.
        counted.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let colours: Vec<Ink> = counted.iter().map(|&(ink, _)| ink).take(most.min(256)).collect();
        let index = counted.iter().map(|&(ink, _)| (ink, nearest(&colours, ink))).collect();
        Palette { colours, index }
    }

    /// Red, green, blue of one colour after the other.
    pub(super) fn bytes(&self) -> &[u8] {
        self.colours.as_flattened()
    }

    /// The number of a colour that one of the pictures has.
    pub(super) fn number(&self, ink: Ink) -> u8 {
        self.index.get(&ink).copied().unwrap_or(0)
    }

    /// The number of every pixel, row by row.
    pub(super) fn numbers(&self, picture: &Raster) -> Vec<u8> {
        let mut numbers = Vec::with_capacity(picture.pixels.len());
        for run in picture.pixels.chunk_by(|a, b| a == b) {
            numbers.resize(numbers.len() + run.len(), self.number(run[0]));
        }
        numbers
    }
}

fn nearest(colours: &[Ink], ink: Ink) -> u8 {
    let distance = |other: &Ink| -> i32 {
        (0..3).map(|k| (i32::from(other[k]) - i32::from(ink[k])).pow(2)).sum()
    };
    let best = (0..colours.len()).min_by_key(|&k| distance(&colours[k]));
    best.unwrap_or(0) as u8
}
