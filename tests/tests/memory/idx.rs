//! No bytes whatsoever make the IDX reader panic, or take more memory than
//! they warrant: eight bytes for each that a plain file holds, and for gzip as
//! much as deflate can unpack at its best.

use std::io::Write;

use datasets::idx::{Element, Reader, encode};
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::ArrayD;
use proptest::collection::vec;
use proptest::prelude::*;
use referee::counting;

/// Buffers that do not depend on the input: a chunk and an inflater's window.
const BUFFERS: usize = 1 << 19;

/// Reads `bytes` as doubles made from `T`, the largest that values become,
/// and returns whether they were an array.
fn read_within_bounds<T: Element + Into<f64>>(bytes: &[u8]) -> bool {
    let before = counting::held_from_now();
    let array: Result<ArrayD<f64>, _> =
        Reader::new(bytes, bytes.len() as u64).and_then(|reader| reader.read_as(T::into));
    let taken = counting::most_held() - before;
    let warranted = if bytes.starts_with(&[0x1f, 0x8b]) {
        // Old and new block while the array grows, eight bytes a value.
        2 * 8 * 1032 * bytes.len()
    } else {
        8 * bytes.len()
    };
    assert!(
        taken <= BUFFERS + warranted,
        "{taken} bytes of memory for {} bytes of input",
        bytes.len()
    );
    array.is_ok()
}

fn read_as_anything(bytes: &[u8]) -> bool {
    read_within_bounds::<u8>(bytes)
        | read_within_bounds::<i8>(bytes)
        | read_within_bounds::<i16>(bytes)
        | read_within_bounds::<i32>(bytes)
        | read_within_bounds::<f32>(bytes)
        | read_within_bounds::<f64>(bytes)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A file that is right, plain or packed.
fn valid() -> impl Strategy<Value = Vec<u8>> {
    let values = vec(any::<i16>(), 0..600);
    (values, 1..4usize, any::<bool>()).prop_map(|(mut values, rows, packed)| {
        values.truncate(values.len() / rows * rows);
        let shape = [rows, values.len() / rows];
        let array = ndarray::Array2::from_shape_vec(shape, values).unwrap();
        let mut bytes = Vec::new();
        encode(&mut bytes, array.view()).unwrap();
        if packed { gzip(&bytes) } else { bytes }
    })
}

/// Every part of this file, one after the other.
pub fn idx_files_take_no_more_memory_than_they_warrant() {
    any_bytes_are_read_within_bounds();
    any_header_before_any_bytes_is_read_within_bounds();
    mutated_files_are_read_within_bounds();
    a_gzip_bomb_takes_no_more_than_its_header_promises();
    a_header_that_lies_within_deflates_limit_takes_memory_only_as_bytes_come();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    fn any_bytes_are_read_within_bounds(bytes in vec(any::<u8>(), 0..400)) {
        read_as_anything(&bytes);
    }

    fn any_header_before_any_bytes_is_read_within_bounds(
        code in 0x07u8..0x10,
        dims in vec(prop_oneof![0u32..5, any::<u32>()], 0..5),
        body in vec(any::<u8>(), 0..100),
        packed in any::<bool>(),
    ) {
        let mut bytes = vec![0, 0, code, dims.len() as u8];
        bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
        bytes.extend(body);
        read_as_anything(&if packed { gzip(&bytes) } else { bytes });
    }

    fn mutated_files_are_read_within_bounds(
        bytes in valid(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
    ) {
        prop_assert!(read_within_bounds::<i16>(&bytes));
        let mut bytes = bytes;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_as_anything(&bytes);
        bytes.truncate(end.index(bytes.len()));
        read_as_anything(&bytes);
    }
}

fn a_gzip_bomb_takes_no_more_than_its_header_promises() {
    let mut bytes = vec![0, 0, 0x08, 1, 0, 0, 0, 3];
    bytes.resize(64 << 20, 0);
    let bomb = gzip(&bytes);
    let before = counting::held_from_now();
    let result = Reader::new(&bomb[..], bomb.len() as u64).and_then(Reader::read::<u8>);
    assert!(result.is_err());
    assert!(counting::most_held() - before < BUFFERS);
}

fn a_header_that_lies_within_deflates_limit_takes_memory_only_as_bytes_come() {
    // 64 MiB promised by a file of 64 KiB that holds next to nothing.
    let mut bytes = vec![0, 0, 0x08, 1, 4, 0, 0, 0];
    bytes.extend((0..1u32 << 16).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8));
    let packed = gzip(&bytes);
    let before = counting::held_from_now();
    let result = Reader::new(&packed[..], packed.len() as u64).and_then(Reader::read::<u8>);
    assert!(result.is_err());
    assert!(counting::most_held() - before < BUFFERS + 16 * packed.len());
}
