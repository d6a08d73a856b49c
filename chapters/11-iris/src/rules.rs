//! Who trains by which rules: the three as they come, all three by the same rules,
//! and the same rules with one of them changed.

/// Whose way to go through the batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// [`crate::keras`].
    Keras,
    /// [`crate::knet`].
    Knet,
    /// [`crate::flux`].
    Flux,
}

/// All that may differ between two trainings on the same split.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// For people.
    pub name: String,
    /// Whose loop.
    pub protocol: Protocol,
    /// Flowers in a batch.
    pub batch_size: usize,
    /// A new order in every epoch; Keras alone can.
    pub reshuffle: bool,
    /// The last, shorter batch is used; Knet alone can leave it out.
    pub short_batch: bool,
    /// Ordering the flowers and building the batches count as training.
    pub building_timed: bool,
    /// Starting weights of its own, instead of those that all share on a split.
    pub own_start: bool,
}

/// Of Keras, Knet and Flux, in this order.
pub type Three = [Rules; 3];

/// Batches of 32 are `fit`'s default, and so is a new order in every epoch.
pub const KERAS_BATCH: usize = 32;
/// Our choice: the article's is not known.
pub const KNET_BATCH: usize = 16;
/// Our choice: the article's is not known.
pub const FLUX_BATCH: usize = 10;

impl Rules {
    fn new(name: &str, protocol: Protocol, batch_size: usize) -> Rules {
        Rules {
            name: name.to_owned(),
            protocol,
            batch_size,
            reshuffle: false,
            short_batch: true,
            building_timed: true,
            own_start: false,
        }
    }
}

/// The three as they come. Keras has a new order in every epoch and builds its
/// batches on the clock; Knet leaves out the short batch; both Julia programs had
/// their batches before the clock started.
pub fn own() -> Three {
    let keras = Rules::new("Keras", Protocol::Keras, KERAS_BATCH);
    let knet = Rules::new("Knet", Protocol::Knet, KNET_BATCH);
    let flux = Rules::new("Flux", Protocol::Flux, FLUX_BATCH);
    [
        Rules { reshuffle: true, own_start: true, ..keras },
        Rules { short_batch: false, building_timed: false, own_start: true, ..knet },
        Rules { building_timed: false, own_start: true, ..flux },
    ]
}

/// All three by the same rules: the same start, the same batches in the same order
/// in every epoch, all flowers, building timed.
pub fn fair(batch_size: usize) -> Three {
    [
        Rules::new("Keras", Protocol::Keras, batch_size),
        Rules::new("Knet", Protocol::Knet, batch_size),
        Rules::new("Flux", Protocol::Flux, batch_size),
    ]
}

/// Keras's loop by the fair rules with one thing changed, to be held against
/// `fair(batch_size)[0]`; what is left out is held against Knet's.
pub fn one_changed(batch_size: usize) -> Vec<Rules> {
    let fair = |name: &str, batch_size| Rules::new(name, Protocol::Keras, batch_size);
    let mut changed = vec![
        fair("nothing: the same again", batch_size),
        Rules { own_start: true, ..fair("other starting weights", batch_size) },
        Rules { reshuffle: true, ..fair("a new order in every epoch", batch_size) },
    ];
    for size in [5, 10, 32, 60, 120].into_iter().filter(|&size| size != batch_size) {
        changed.push(fair(&format!("batches of {size}"), size));
    }
    let knet = Rules::new("the short batch left out", Protocol::Knet, batch_size);
    changed.push(Rules { short_batch: false, ..knet.clone() });
    let name = "building not timed".to_owned();
    changed.push(Rules { name, building_timed: false, ..knet });
    changed
}

/// Which of `fair` a changed training is held against: its own protocol's.
pub fn reference(changed: &Rules) -> usize {
    changed.protocol as usize
}
