//! Reading as a stream, with no trust in the header.
//!
//! The header's promise is held against the length of the file before any
//! memory is taken. A plain file must have just that length. A gzip file may
//! unpack to at most 1,032 times its length, and there memory follows the
//! bytes that arrive, and reading stops at the promised size.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use ndarray::{ArrayD, IxDyn};

use super::{Element, Fault, Kind, pages};

// Deflate's best is 258 bytes from two bits.
const MOST_INFLATION: u64 = 1032;

// Pictures pack to a fifth or a tenth: up to this ratio one reservation does.
const USUAL_INFLATION: usize = 16;

// Values that are converted at a time: small enough for the nearest cache.
const CHUNK: usize = 1 << 14;

/// An IDX file whose header has been read and whose values are still to come.
pub struct Reader<'a> {
    source: Counted<Box<dyn Read + 'a>>,
    gzip: bool,
    stored: u64,
    kind: Kind,
    dims: Vec<usize>,
    count: usize,
    promised: u64,
}

impl<'a> Reader<'a> {
    /// Reads the header from `source`, which is `stored` bytes long as it lies
    /// there, plain or gzip.
    ///
    /// # Errors
    /// If the header is damaged, or promises what `stored` bytes cannot hold.
    pub fn new(mut source: impl BufRead + 'a, stored: u64) -> Result<Self, Fault> {
        let start = source.fill_buf()?;
        if start.is_empty() {
            return Err(Fault::Empty);
        }
        let gzip = start.starts_with(&[0x1f, 0x8b]);
        let source: Box<dyn Read + 'a> =
            if gzip { Box::new(MultiGzDecoder::new(source)) } else { Box::new(source) };
        let mut source = Counted { source, count: 0 };

        let mut magic = [0; 4];
        read_header(&mut source, &mut magic, 4)?;
        let [0, 0, code, rank] = magic else {
            return Err(Fault::NotIdx(magic));
        };
        let kind = Kind::from_code(code).ok_or(Fault::UnknownKind(code))?;

        let header = 4 + 4 * u64::from(rank);
        let mut dims = Vec::with_capacity(rank.into());
        for _ in 0..rank {
            let mut dim = [0; 4];
            read_header(&mut source, &mut dim, header)?;
            dims.push(u32::from_be_bytes(dim));
        }

        let (count, promised) =
            size(&dims, kind, header).ok_or_else(|| Fault::Overflow(dims.clone()))?;
        if gzip && promised > stored.saturating_mul(MOST_INFLATION) {
            let packed = stored;
            return Err(Fault::Inflated { promised, packed });
        }
        if !gzip && promised > stored {
            let found = stored;
            return Err(Fault::Short { found, promised });
        }
        if !gzip && promised < stored {
            return Err(Fault::Long(promised));
        }

        Ok(Self {
            source,
            gzip,
            stored,
            kind,
            dims: dims.into_iter().map(|d| d as usize).collect(),
            count,
            promised,
        })
    }

    /// The type of the values.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The shape, outermost dimension first.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// Reads the values.
    ///
    /// # Errors
    /// If they are not of type `T`, too few, too many, or damaged.
    pub fn read<T: Element>(self) -> Result<ArrayD<T>, Fault> {
        self.read_as(|value: T| value)
    }

    /// Reads the values and converts each on its way, so that pixels become
    /// floats without a second copy of the file in memory.
    ///
    /// # Errors
    /// If they are not of type `T`, too few, too many, or damaged.
    pub fn read_as<T: Element, U>(mut self, convert: impl Fn(T) -> U) -> Result<ArrayD<U>, Fault> {
        if self.kind != T::KIND {
            let (found, wanted) = (self.kind, T::KIND);
            return Err(Fault::WrongKind { found, wanted });
        }
        let stored = usize::try_from(self.stored).unwrap_or(usize::MAX);
        let warranted = self.count.min(stored.saturating_mul(USUAL_INFLATION));
        let mut values = Vec::with_capacity(warranted);
        pages::ask_for_large(&mut values);
        let mut chunk = vec![T::default(); CHUNK.min(self.count)];
        while values.len() < self.count {
            let missing = self.count - values.len();
            let chunk = &mut chunk[..CHUNK.min(missing)];
            T::read_into(&mut self.source, chunk).map_err(|error| self.fault(error))?;
            if values.capacity() - values.len() < chunk.len() {
                values.reserve_exact(missing.min(values.len().max(CHUNK)));
            }
            values.extend(chunk.iter().map(|&value| convert(value)));
        }
        self.end()?;
        ArrayD::from_shape_vec(IxDyn(&self.dims), values)
            .map_err(|_| Fault::Overflow(self.dims.iter().map(|&d| d as u32).collect()))
    }

    /// Nothing may follow; with gzip, this also checks its checksum.
    fn end(&mut self) -> Result<(), Fault> {
        let mut beyond = [0];
        match self.source.read(&mut beyond) {
            Ok(0) => Ok(()),
            Ok(_) => Err(Fault::Long(self.promised)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(Fault::Gzip(error)),
            Err(error) => Err(self.fault(error)),
        }
    }

    fn fault(&self, error: io::Error) -> Fault {
        match error.kind() {
            ErrorKind::UnexpectedEof => {
                Fault::Short { found: self.source.count, promised: self.promised }
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData if self.gzip => Fault::Gzip(error),
            _ => Fault::Io(error),
        }
    }
}

/// Number of values and length in bytes, if both can be counted.
fn size(dims: &[u32], kind: Kind, header: u64) -> Option<(usize, u64)> {
    // Dimensions beside a zero are multiplied too: an array of that shape
    // must have an address for each of its axes.
    let full = dims
        .iter()
        .filter(|&&d| d != 0)
        .try_fold(kind.size() as u64, |product, &d| product.checked_mul(d.into()))?;
    // Doubles are the largest that these values may become.
    let largest = (full / kind.size() as u64).checked_mul(8)?;
    isize::try_from(largest).ok()?;
    let bytes = if dims.contains(&0) { 0 } else { full };
    let count = usize::try_from(bytes / kind.size() as u64).ok()?;
    Some((count, header.checked_add(bytes)?))
}

fn read_header(
    source: &mut Counted<impl Read>,
    bytes: &mut [u8],
    header: u64,
) -> Result<(), Fault> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => Fault::InsideHeader { found: source.count, header },
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Fault::Gzip(error),
        _ => Fault::Io(error),
    })
}

/// Counts the bytes that pass through.
struct Counted<R> {
    source: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(bytes)?;
        self.count += n as u64;
        Ok(n)
    }
}
