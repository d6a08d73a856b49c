//! One array of an archive, in NumPy's format `.npy`: `\x93NUMPY` and the version, the
//! length of the header, the header `{'descr': '<f4', 'fortran_order': False, 'shape': (784, 10), }`,
//! and the values. Memory is taken for what was compared, not for what is promised.

use std::io::{Read, Seek};

use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use zip::ZipArchive;

use crate::{Real, excerpt};

const MAX_EXPANSION: u64 = 1032; // deflate's; an entry that claims more is damaged
const MAX_HEADER: usize = 65_535; // bytes, the most in version 1

/// The fault is for a sentence that begins with the array's name.
pub(super) type Checked<T = ()> = std::result::Result<T, String>;

/// The type of the numbers: big-endian or not, and the bytes of one.
type Kind = (bool, usize);

/// The array that is entry `index` of `zip`, in row-major order; `check` decides on its
/// shape before its values are read.
pub(super) fn read<F: Real>(
    zip: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    check: impl FnOnce(&[usize]) -> Checked,
) -> Checked<ArrayD<F>> {
    let mut entry = zip.by_index(index).map_err(damaged)?;
    let mut there = entry.size();
    if there > entry.compressed_size().saturating_mul(MAX_EXPANSION) {
        return Err(damaged("it promises more than the file can hold"));
    }
    let header = read_header(&mut entry)?;
    there = there.saturating_sub(header.len() as u64);
    let header = String::from_utf8_lossy(&header);
    let parsed = parse(&header);
    let ((big_endian, size), fortran, shape) =
        parsed.unwrap_or_else(|| Err(damaged(format!("its header is {}", excerpt(&header)))))?;
    check(&shape)?;
    if shape.iter().try_fold(size as u64, |n, &d| n.checked_mul(d as u64)) != Some(there) {
        let shape = excerpt(&format!("{shape:?}"));
        return Err(damaged(format!("{there} bytes for the shape {shape}")));
    }
    let mut values = Vec::new();
    // A byte more than there should be: the archive compares its checksum at the end.
    entry.take(there + 1).read_to_end(&mut values).map_err(damaged)?;
    if values.len() as u64 != there {
        return Err(damaged(format!("it ends after {} of {there} bytes", values.len())));
    }
    let numbers = values.chunks_exact_mut(size).map(|bytes| {
        if big_endian {
            bytes.reverse();
        }
        number(bytes)
    });
    let shape = IxDyn(&shape).set_f(fortran);
    let array = ArrayD::from_shape_vec(shape, numbers.collect::<Checked<_>>()?).map_err(damaged)?;
    Ok(if fortran { array.as_standard_layout().into_owned() } else { array })
}

/// All bytes before the values.
fn read_header(source: &mut impl Read) -> Checked<Vec<u8>> {
    let mut header = vec![0; 8];
    source.read_exact(&mut header).map_err(damaged)?;
    let width = match header[..] {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _] => 2,
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _] => 4,
        _ => return Err("is not in NumPy's format, version 1, 2 or 3".to_owned()),
    };
    let mut length = [0; 4];
    source.read_exact(&mut length[..width]).map_err(damaged)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        return Err(damaged(format!("a header of {length} bytes")));
    }
    header.resize(8 + width + length, b' ');
    source.read_exact(&mut header[8 + width..]).map_err(damaged)?;
    Ok(header)
}

/// Type, whether in Fortran's order, and shape; `None` if the text is no header at all.
fn parse(text: &str) -> Option<Checked<(Kind, bool, Vec<usize>)>> {
    let quotes = ['\'', '"'];
    let value = |key: &str| {
        let (_, rest) = text.split_once(key)?;
        Some(rest.trim_start_matches(quotes).trim_start().strip_prefix(':')?.trim_start())
    };
    let descr = value("descr")?;
    let kind = match descr.trim_start_matches(quotes).get(..3)? {
        "<f4" => (false, 4),
        "<f8" => (false, 8),
        ">f4" => (true, 4),
        ">f8" => (true, 8),
        _ => {
            let other = descr.split("fortran_order").next()?.trim_matches([' ', ',', '\'', '"']);
            let cure = "save it as float32 or float64, with array.astype('float32')";
            return Some(Err(format!("stores numbers of the type {}; {cure}", excerpt(other))));
        }
    };
    let (shape, _) = value("shape")?.strip_prefix('(')?.split_once(')')?;
    // Python 2 on Windows wrote (2L, 3L).
    let sides = shape.split(',').map(|side| side.trim().trim_end_matches('L'));
    let shape = sides.filter(|side| !side.is_empty()).map(|side| side.parse().ok());
    Some(Ok((kind, value("fortran_order")?.starts_with("True"), shape.collect::<Option<_>>()?)))
}

/// The number that is stored as these 4 or 8 little-endian bytes.
fn number<F: Real>(bytes: &[u8]) -> Checked<F> {
    let v = match *bytes {
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]).into(),
        _ => f64::from_le_bytes(bytes.try_into().expect("8 bytes")),
    };
    let number = F::of(v);
    if v.is_finite() && !number.is_finite() {
        let fault = "more than single precision can hold; save it again without such numbers";
        return Err(format!("holds {v:e}, {fault}"));
    }
    Ok(number)
}

fn damaged(fault: impl std::fmt::Display) -> String {
    format!("is damaged ({fault}); save it again")
}
