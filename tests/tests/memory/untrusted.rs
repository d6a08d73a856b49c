//! Files that promise much: memory is taken for what was compared, never for what is
//! promised.

use std::fs::{self, File};
use std::io::Write;

use common::params::Params;
use datasets::images::{MNIST, Sources};
use referee::counting;
use zip::write::SimpleFileOptions;

/// Buffers: an inflater's window, readers, a directory of the archive.
const BUFFERS: usize = 1 << 19;

/// Every part of this file, one after the other.
pub fn files_take_no_more_memory_than_was_compared() {
    the_arrays_of_another_network_are_not_unpacked();
    images_are_not_read_before_there_are_as_many_labels();
}

/// Packed to 260 kB, it would unpack to 256 MB.
fn the_arrays_of_another_network_are_not_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.npz");
    let n = 1 << 26;
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    zip.start_file("w.npy", SimpleFileOptions::default()).unwrap();
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({n},), }}\n");
    zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
    zip.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    zip.write_all(header.as_bytes()).unwrap();
    for _ in 0..n >> 18 {
        zip.write_all(&[0; 4 << 18]).unwrap();
    }
    zip.finish().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 1 << 20);

    let before = counting::held_from_now();
    let error = Params::<f32>::load(&path).unwrap().get("w", (784, 10)).unwrap_err().to_string();
    assert!(error.contains("`w` has the shape [67108864] and [784, 10] was expected"), "{error}");
    assert!(counting::most_held() - before < BUFFERS, "{}", counting::most_held() - before);
}

/// 2.5 million images (2 GB, of holes), and one label less.
fn images_are_not_read_before_there_are_as_many_labels() {
    let folder = tempfile::tempdir().unwrap();
    let n = 2_500_000u32;
    let put = |name: &str, dims: &[u32], length: u64| {
        let mut bytes = vec![0, 0, 8, dims.len() as u8];
        bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
        let mut file = File::create(folder.path().join(name)).unwrap();
        file.write_all(&bytes).unwrap();
        file.set_len(bytes.len() as u64 + length).unwrap();
    };
    for set in ["train", "t10k"] {
        put(&format!("{set}-images-idx3-ubyte"), &[n, 28, 28], u64::from(n) * 784);
        put(&format!("{set}-labels-idx1-ubyte"), &[n - 1], u64::from(n) - 1);
    }
    let sources = Sources::new(Some(folder.path()));
    let before = counting::held_from_now();
    let error = sources.load::<f32>(&MNIST).unwrap_err().to_string();
    assert!(error.contains("holds 2,500,000 images, but "), "{error}");
    assert!(counting::most_held() - before < BUFFERS, "{}", counting::most_held() - before);
}
