//! Training protocols: the three frameworks' own, one that is the same for all three, and
//! the same with one thing changed.

/// Whose training loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// [`crate::keras`].
    Keras,
    /// [`crate::knet`].
    Knet,
    /// [`crate::flux`].
    Flux,
}

/// All that may differ between two trainings on the same split.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// The name in tables.
    pub name: String,
    /// Whose loop.
    pub framework: Framework,
    /// Flowers in a batch.
    pub batch_size: usize,
    /// A new order in every epoch (Keras only).
    pub reshuffle: bool,
    /// The shorter last batch is used; Knet can drop it.
    pub short_batch: bool,
    /// Building the batches is timed.
    pub building_timed: bool,
    /// Initial weights of its own, not those that the others share on a split.
    pub own_start: bool,
}

const KERAS_BATCH: usize = 32; // the default of `fit`, as is a new order in every epoch
const KNET_BATCH: usize = 16; // our choice: the article's is not known
const FLUX_BATCH: usize = 10; // our choice: the article's is not known

/// Those of [`own`], [`fair`] and [`one_changed`].
pub fn all(batch_size: usize) -> Vec<Protocol> {
    [&own()[..], &fair(batch_size), &one_changed(batch_size)].concat()
}

/// The same for Keras, Knet and Flux: initial weights, batches, one order for all epochs,
/// all flowers, and building the batches timed.
pub fn fair(batch_size: usize) -> [Protocol; 3] {
    [Framework::Keras, Framework::Knet, Framework::Flux].map(|framework| Protocol {
        name: format!("{framework:?}"),
        framework,
        batch_size,
        reshuffle: false,
        short_batch: true,
        building_timed: true,
        own_start: false,
    })
}

/// Each framework's own: Keras reshuffles and builds its batches while the clock runs,
/// Knet drops the short batch, and both Julia programs build their batches before.
pub fn own() -> [Protocol; 3] {
    let [keras, knet, flux] = fair(0).map(|fair| Protocol { own_start: true, ..fair });
    [
        Protocol { batch_size: KERAS_BATCH, reshuffle: true, ..keras },
        Protocol { batch_size: KNET_BATCH, short_batch: false, building_timed: false, ..knet },
        Protocol { batch_size: FLUX_BATCH, building_timed: false, ..flux },
    ]
}

/// The fair protocol with one thing changed, each to be compared with
/// `fair(batch_size)[changed.framework as usize]`.
pub fn one_changed(batch_size: usize) -> Vec<Protocol> {
    let [keras, knet, _] = fair(batch_size);
    let keras = |name: &str| Protocol { name: name.to_owned(), ..keras.clone() };
    let knet = |name: &str| Protocol { name: name.to_owned(), ..knet.clone() };
    let mut changed = vec![
        keras("nothing: the same again"),
        Protocol { own_start: true, ..keras("other starting weights") },
        Protocol { reshuffle: true, ..keras("a new order in every epoch") },
    ];
    for size in [5, 10, 32, 60, 120].into_iter().filter(|&size| size != batch_size) {
        changed.push(Protocol { batch_size: size, ..keras(&format!("batches of {size}")) });
    }
    changed.push(Protocol { short_batch: false, ..knet("the short batch left out") });
    changed.push(Protocol { building_timed: false, ..knet("building not timed") });
    changed
}
