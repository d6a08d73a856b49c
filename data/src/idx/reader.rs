//! Reads a stream without trusting its header.
//!
//! The length that follows from the header is compared with the length of the
//! file before memory is allocated. A plain file must have exactly that length. A
//! gzip file can unpack to at most 1,032 times its length; there memory grows
//! with the bytes that are read, and reading stops at the length of the header.
//! Where there is not so much memory, that is an error and not the end.

use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
use std::io::{self, BufRead, Read};

use common::excerpt;
use flate2::bufread::MultiGzDecoder;
use indicatif::HumanCount;
use ndarray::{ArrayD, IxDyn};

use super::element::{DataType, Element};
use super::error::IdxError::{self, Content};
use super::huge_pages;

// Deflate packs at most 258 bytes into two bits.
const MAX_INFLATION: u64 = 1032;

// Pictures are packed to a fifth or a tenth: up to this ratio memory is allocated
// once.
const USUAL_INFLATION: usize = 16;

// Values that are converted at a time: few enough for the first cache.
const CHUNK: usize = 1 << 14;

/// An IDX file of which the header has been read, but not yet the values.
pub struct Reader<'a> {
    source: Source<'a>,
    stored: u64, // length of the file as it is stored
    data_type: DataType,
    shape: Vec<usize>,
    count: usize,  // values
    promised: u64, // length according to the header, unpacked
}

impl<'a> Reader<'a> {
    /// Reads the header from `source`, plain or gzip, which is `stored` bytes long. Fails if the
    /// header is damaged, or does not fit `stored` bytes.
    pub fn new(mut source: impl BufRead + 'a, stored: u64) -> Result<Self, IdxError> {
        let start = source.fill_buf()?;
        if start.is_empty() {
            return Err(Content("is empty".to_owned()));
        }
        let gzip = start.starts_with(&[0x1f, 0x8b]);
        let stream: Box<dyn Read + 'a> =
            if gzip { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) };
        let mut source = Source { stream, gzip, count: 0 };

        let mut magic = [0; 4];
        source.fill(&mut magic, |found| header_too_short(found, 4))?;
        let [0, 0, code, rank] = magic else { return Err(not_idx(magic)) };
        let data_type = DataType::ALL.into_iter().find(|data_type| data_type.code == code);
        let data_type = data_type.ok_or_else(|| unknown_type(code))?;

        let header = 4 + 4 * u64::from(rank);
        let mut shape = vec![[0; 4]; rank.into()];
        source.fill(shape.as_flattened_mut(), |found| header_too_short(found, header))?;
        let shape: Vec<u32> = shape.into_iter().map(u32::from_be_bytes).collect();

        let (count, promised) = size(&shape, data_type, header).ok_or_else(|| too_many(&shape))?;
        if gzip && promised > stored.saturating_mul(MAX_INFLATION) {
            let (promised, packed) = (HumanCount(promised), HumanCount(stored));
            return Err(Content(format!(
                "promises {promised} bytes, more than {packed} packed bytes can hold"
            )));
        }
        if !gzip && promised > stored {
            return Err(too_short(stored, promised));
        }
        if !gzip && promised < stored {
            return Err(too_long(promised));
        }

        Ok(Self {
            source,
            stored,
            data_type,
            shape: shape.into_iter().map(|d| d as usize).collect(),
            count,
            promised,
        })
    }

    /// The shape, outermost dimension first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Reads the values. Fails if they are not of type `T`, too few, too many, or damaged.
    pub fn read<T: Element>(self) -> Result<ArrayD<T>, IdxError> {
        self.read_as(|value: T| value)
    }

    /// Reads the values and converts each of them at once, so that there is no second copy of the
    /// file in memory. Fails if they are not of type `T`, too few, too many, or damaged.
    pub fn read_as<T: Element, U>(
        mut self,
        convert: impl Fn(T) -> U,
    ) -> Result<ArrayD<U>, IdxError> {
        if self.data_type != T::DATA_TYPE {
            let (found, wanted) = (self.data_type, T::DATA_TYPE);
            return Err(Content(format!("holds {found} where {wanted} is wanted")));
        }
        let stored = usize::try_from(self.stored).unwrap_or(usize::MAX);
        let capacity = self.count.min(stored.saturating_mul(USUAL_INFLATION));
        let no_memory = |_| IdxError::Memory(self.count);
        let mut values = Vec::new();
        values.try_reserve_exact(capacity).map_err(no_memory)?;
        huge_pages::request(&mut values);
        let mut bytes = vec![0; size_of::<T>() * CHUNK.min(self.count)];
        while values.len() < self.count {
            let missing = self.count - values.len();
            let bytes = &mut bytes[..size_of::<T>() * CHUNK.min(missing)];
            self.source.fill(bytes, |found| too_short(found, self.promised))?;
            if values.capacity() - values.len() < CHUNK.min(missing) {
                let more = missing.min(values.len().max(CHUNK));
                values.try_reserve_exact(more).map_err(no_memory)?;
            }
            values.extend(bytes.chunks_exact(size_of::<T>()).map(|v| convert(T::from_bytes(v))));
        }
        // Nothing may follow. For gzip, this also verifies its checksum.
        match self.source.read(&mut [0]) {
            Ok(0) => {}
            Ok(_) => return Err(too_long(self.promised)),
            Err(error) => return Err(self.source.describe(error)),
        }
        ArrayD::from_shape_vec(IxDyn(&self.shape), values)
            .map_err(|error| Content(format!("has an impossible shape ({error})")))
    }
}

/// Number of values and length in bytes, if neither overflows.
fn size(shape: &[u32], data_type: DataType, header: u64) -> Option<(usize, u64)> {
    // Zeros are left out of the product: the others must be countable all the same.
    let mut others = shape.iter().filter(|&&d| d != 0);
    let product = others.try_fold(1u64, |product, &d| product.checked_mul(d.into()))?;
    // The values may be converted to doubles.
    isize::try_from(product.checked_mul(8)?).ok()?;
    let count = if shape.contains(&0) { 0 } else { usize::try_from(product).ok()? };
    Some((count, header.checked_add((count * data_type.size) as u64)?))
}

/// A stream, unpacked, that counts the bytes that are read.
struct Source<'a> {
    stream: Box<dyn Read + 'a>,
    gzip: bool,
    count: u64,
}

impl Read for Source<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(bytes)?;
        self.count += n as u64;
        Ok(n)
    }
}

impl Source<'_> {
    /// Reads as many bytes as fit into `bytes`. If there are fewer, the error is `too_short` of
    /// the number of bytes in the whole stream.
    fn fill(
        &mut self,
        bytes: &mut [u8],
        too_short: impl FnOnce(u64) -> IdxError,
    ) -> Result<(), IdxError> {
        self.read_exact(bytes).map_err(|error| match error.kind() {
            UnexpectedEof => too_short(self.count),
            _ => self.describe(error),
        })
    }

    fn describe(&self, error: io::Error) -> IdxError {
        match error.kind() {
            InvalidInput | InvalidData | UnexpectedEof if self.gzip => {
                Content(format!("its gzip stream is damaged ({error})"))
            }
            _ => IdxError::Io(error),
        }
    }
}

fn header_too_short(found: u64, header: u64) -> IdxError {
    let (found, header) = (HumanCount(found), HumanCount(header));
    Content(format!("ends inside its header, after {found} of {header} bytes"))
}

fn not_idx(first_bytes: [u8; 4]) -> IdxError {
    let what = match &first_bytes {
        [b'<', ..] => "it is a web page".to_owned(),
        b"PK\x03\x04" => "it is a zip archive, to be unpacked first".to_owned(),
        [0x1f, 0x8b, ..] => "it was packed with gzip twice".to_owned(),
        [a, b, ..] => format!("it begins with the bytes {a:02x} {b:02x}, not 00 00"),
    };
    Content(format!("is not an IDX file: {what}"))
}

fn unknown_type(code: u8) -> IdxError {
    let known = DataType::ALL.map(|data_type| data_type.to_string()).join(", ");
    Content(format!("has the type code 0x{code:02X}, which IDX does not know ({known})"))
}

fn too_many(shape: &[u32]) -> IdxError {
    let shape: Vec<_> = shape.iter().map(|&d| HumanCount(d.into()).to_string()).collect();
    let product = excerpt(&shape.join(" x "));
    Content(format!("promises {product} values, more than any memory can hold"))
}

fn too_short(found: u64, promised: u64) -> IdxError {
    let (found, promised) = (HumanCount(found), HumanCount(promised));
    Content(format!("ends after {found} of {promised} bytes"))
}

fn too_long(promised: u64) -> IdxError {
    let promised = HumanCount(promised);
    Content(format!("goes on after the {promised} bytes that its header promises"))
}
