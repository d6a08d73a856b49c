//! IDX files: what is written is read again, whatever the type, the rank and
//! the packing.

use std::fmt::Debug;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use datasets::idx::{self, DataType, Element};
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{ArrayD, ArrayView, Dimension, IxDyn, array};

const SHAPES: [&[usize]; 7] = [
    &[],
    &[5],
    &[2, 3],
    &[4, 3, 2],
    &[2, 3, 4, 5],
    &[3, 0, 2],
    &[40_000], // more than is converted at a time
];

/// Writes and reads arrays of every rank, plain and packed.
fn round_trip<T: Element + PartialEq + Debug>(number: impl Fn(usize) -> T) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers");
    for shape in SHAPES {
        let values = (0..shape.iter().product()).map(&number).collect();
        let array = ArrayD::from_shape_vec(IxDyn(shape), values).unwrap();
        idx::write(&path, array.view()).unwrap();
        assert_eq!(idx::read::<T>(&path).unwrap(), array, "plain {shape:?}");
        write_gz(&path, array.view());
        assert_eq!(idx::read::<T>(&path).unwrap(), array, "gzip {shape:?}");
    }
}

#[test]
fn all_six_types_come_back_in_every_rank_plain_and_packed() {
    round_trip(|i| i as u8);
    round_trip(|i| (i as u8).wrapping_add(120) as i8);
    round_trip(|i| (i as i16).wrapping_mul(7919));
    round_trip(|i| (i as i32).wrapping_mul(-123_456_789));
    round_trip(|i| (i as f32 - 7.0) / 3.0);
    round_trip(|i| (i as f64 - 7.0) / 3.0 * 1e200);
}

#[test]
fn bytes_lie_as_the_format_says() {
    let mut bytes = Vec::new();
    idx::encode(&mut bytes, array![[1i16, -2], [256, 3]].view()).unwrap();
    let expected = [[0, 0, 0x0B, 2], [0, 0, 0, 2], [0, 0, 0, 2], [0, 1, 0xFF, 0xFE], [1, 0, 0, 3]];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn each_type_has_its_code() {
    let codes = DataType::ALL.map(|data_type| data_type.code);
    assert_eq!(codes, [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E]);
}

#[test]
fn values_are_written_in_logical_order_however_they_lie_in_memory() {
    let (_folder, path) = place("transposed");
    let array = array![[1u8, 2, 3], [4, 5, 6]];
    idx::write(&path, array.t()).unwrap();
    let read = idx::read::<u8>(&path).unwrap();
    assert_eq!(read, array.t().into_dyn());
}

#[test]
fn the_content_says_what_is_packed_and_not_the_name() {
    let array = array![1u8, 2, 3].into_dyn();
    let (_folder, path) = place("plain.gz");
    idx::write(&path, array.view()).unwrap();
    assert_eq!(idx::read::<u8>(&path).unwrap(), array);
    let (_folder, path) = place("packed");
    write_gz(&path, array.view());
    assert!(fs::read(&path).unwrap().starts_with(&[0x1f, 0x8b]));
    assert_eq!(idx::read::<u8>(&path).unwrap(), array);
}

#[test]
fn gzip_in_several_members_reads_as_one() {
    let (_folder, path) = place("members.gz");
    let mut bytes = Vec::new();
    idx::encode(&mut bytes, array![1u8, 2, 3].view()).unwrap();
    let (head, tail) = bytes.split_at(9);
    fs::write(&path, [gzip(head), gzip(tail)].concat()).unwrap();
    let read = idx::read::<u8>(&path).unwrap();
    assert_eq!(read, array![1u8, 2, 3].into_dyn());
}

#[test]
fn header_is_known_before_the_values_are_read() {
    let (_folder, path) = place("header");
    idx::write(&path, array![[1i32, 2, 3]].view()).unwrap();
    let reader = idx::open(&path).unwrap();
    assert_eq!(reader.shape(), [1, 3]);
    let doubled = reader.read_as(|value: i32| 2 * i64::from(value)).unwrap();
    assert_eq!(doubled, array![[2i64, 4, 6]].into_dyn());
}

#[test]
fn a_failed_write_leaves_the_old_file_and_no_other() {
    let (folder, path) = place("kept");
    idx::write(&path, array![1u8].view()).unwrap();
    let before = fs::read(&path).unwrap();
    let rank_256 = ArrayD::<u8>::zeros(IxDyn(&[1; 256]));
    let error = idx::write(&path, rank_256.view()).unwrap_err();
    let fault = "cannot be written (too large for the IDX format)";
    let cure = "free the disk or choose another folder";
    assert_eq!(error.to_string(), format!("{}: {fault}; {cure}", path.display()));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn mnist_as_published_is_read() {
    let Some(data) = std::env::var_os("DATASETS_DIR") else {
        eprintln!("skipped: DATASETS_DIR is not set");
        return;
    };
    let path = Path::new(&data).join("mnist/train-images-idx3-ubyte.gz");
    if !path.is_file() {
        eprintln!("skipped: there is no {}", path.display());
        return;
    }
    let images = idx::read::<u8>(&path).unwrap();
    assert_eq!(images.shape(), [60_000, 28, 28]);
    let sum: u64 = images.iter().map(|&pixel| u64::from(pixel)).sum();
    assert_eq!(sum, 1_567_298_545);
}

fn place(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

/// Writes a file as [`idx::write`], packed.
pub fn write_gz<T: Element, D: Dimension>(path: &Path, array: ArrayView<T, D>) {
    let mut bytes = Vec::new();
    idx::encode(&mut bytes, array).unwrap();
    fs::write(path, gzip(&bytes)).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
