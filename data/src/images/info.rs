//! The two data sets: files, checksums, mirrors, names of the classes.

use super::dataset::CLASSES;
use crate::fetch::RemoteFile;

/// A published data set of four files.
#[derive(Clone, Copy, Debug)]
pub struct DatasetInfo {
    /// Its name, for people.
    pub name: &'static str,
    /// Its folders: in the cache, and in a folder that PyTorch's `torchvision` has
    /// made.
    pub folders: [&'static str; 2],
    /// Training images, training labels, test images, test labels.
    pub files: [RemoteFile<'static>; 4],
    /// Checksums of what they unpack to, for training and for the test:
    /// [`super::Split::checksum`].
    pub checksums: [&'static str; 2],
    /// Addresses that hold the files, each ending in a slash.
    pub mirrors: &'static [&'static str],
    /// What the labels stand for.
    pub classes: [&'static str; CLASSES],
    /// The first training labels, by which the two are told apart.
    pub first_labels: [u8; 10],
}

/// File `i`: both data sets have the same names for theirs.
const fn file(i: usize, bytes: u64, sha256: &'static str) -> RemoteFile<'static> {
    const NAMES: [&str; 4] = [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ];
    RemoteFile { name: NAMES[i], bytes, sha256 }
}

/// Digits written by hand. Licence: CC BY-SA 3.0.
pub const MNIST: DatasetInfo = DatasetInfo {
    name: "MNIST",
    folders: ["mnist", "MNIST/raw"],
    files: [
        file(0, 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        file(1, 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        file(2, 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        file(3, 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
    checksums: [
        "b6b6bfc634a8e9845f9a91f3519461f4e0f699b756117402523079cc4388922a",
        "be8a2dd108b81c382ecebc9aba05c44ea25f71d734d4f542261be79f12aee78c",
    ],
    mirrors: &[
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    first_labels: [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
};

/// Pictures of clothes from Zalando's shop. Licence: MIT.
pub const FASHION_MNIST: DatasetInfo = DatasetInfo {
    name: "Fashion-MNIST",
    folders: ["fashion-mnist", "FashionMNIST/raw"],
    files: [
        file(0, 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        file(1, 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        file(2, 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        file(3, 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ],
    checksums: [
        "889aa821498d35b4d185f040edebf4de0a763c9fcfdbf97a77cc6ef61d117a07",
        "381a2eab9f47fd960275dd3e39f4efe67b5b3881632aa63d049c7feead80407f",
    ],
    // The second is the copy that Keras downloads: a mirror over HTTPS.
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ],
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
    first_labels: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
};
