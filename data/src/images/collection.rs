//! What is known about the two collections: files, sums, mirrors, names.

use super::CLASSES;
use crate::fetch::Remote;

/// Four files of images and labels that somebody publishes.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// Its name, for people.
    pub name: &'static str,
    /// Folder names under which it is looked for; the first is the cache's,
    /// the second the one that PyTorch's `torchvision` makes.
    pub folders: [&'static str; 2],
    /// Training images, training labels, test images, test labels.
    pub files: [Remote<'static>; 4],
    /// Addresses that hold the files, each ending in a slash.
    pub mirrors: &'static [&'static str],
    /// What the labels stand for.
    pub classes: [&'static str; CLASSES],
    /// The first training labels, which tell it from its namesakes.
    pub begins: [u8; 10],
}

/// Digits written by hand. Licence: CC BY-SA 3.0.
pub const MNIST: Collection = Collection {
    name: "MNIST",
    folders: ["mnist", "MNIST/raw"],
    files: [
        Remote {
            name: "train-images-idx3-ubyte.gz",
            bytes: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        Remote {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        Remote {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        Remote {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
    ],
    mirrors: &[
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    classes: DIGITS,
    begins: [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
};

/// Pictures of clothes from Zalando's shop. Licence: MIT.
pub const FASHION_MNIST: Collection = Collection {
    name: "Fashion-MNIST",
    folders: ["fashion-mnist", "FashionMNIST/raw"],
    files: [
        Remote {
            name: "train-images-idx3-ubyte.gz",
            bytes: 26_421_880,
            sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        Remote {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 29_515,
            sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        Remote {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 4_422_102,
            sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        Remote {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 5_148,
            sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ],
    mirrors: &["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
    classes: [
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "trainer",
        "bag",
        "ankle boot",
    ],
    begins: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
};

/// What the labels of digits stand for.
pub(super) const DIGITS: [&str; CLASSES] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
