//! The six types of number that an IDX file can hold.

use std::fmt;
use std::io::{self, Read};

use byteorder::{BigEndian, ByteOrder, ReadBytesExt};

/// A type of number and its code, the third byte of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Unsigned byte.
    U8 = 0x08,
    /// Signed byte.
    I8 = 0x09,
    /// Two bytes, signed.
    I16 = 0x0B,
    /// Four bytes, signed.
    I32 = 0x0C,
    /// Four bytes, floating point.
    F32 = 0x0D,
    /// Eight bytes, floating point.
    F64 = 0x0E,
}

impl Kind {
    /// All six, by code.
    pub const ALL: [Self; 6] = [Self::U8, Self::I8, Self::I16, Self::I32, Self::F32, Self::F64];

    /// The kind with this code, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }

    /// Bytes that one number takes.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// As in "u8 (0x08)".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{self:?}").to_lowercase();
        write!(f, "{name} (0x{:02X})", *self as u8)
    }
}

/// A Rust type that an IDX file can hold.
pub trait Element: Copy + Default {
    /// Its kind.
    const KIND: Kind;

    /// Fills `values` from big-endian bytes.
    ///
    /// # Errors
    /// Those of `source`; `UnexpectedEof` if it ends too early.
    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()>;

    /// Writes `values` as big-endian bytes; `bytes` must be just long enough.
    fn write_into(values: &[Self], bytes: &mut [u8]);
}

impl Element for u8 {
    const KIND: Kind = Kind::U8;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_exact(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        bytes.copy_from_slice(values);
    }
}

impl Element for i8 {
    const KIND: Kind = Kind::I8;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_i8_into(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        BigEndian::write_i8_into(values, bytes);
    }
}

impl Element for i16 {
    const KIND: Kind = Kind::I16;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_i16_into::<BigEndian>(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        BigEndian::write_i16_into(values, bytes);
    }
}

impl Element for i32 {
    const KIND: Kind = Kind::I32;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_i32_into::<BigEndian>(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        BigEndian::write_i32_into(values, bytes);
    }
}

impl Element for f32 {
    const KIND: Kind = Kind::F32;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_f32_into::<BigEndian>(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        BigEndian::write_f32_into(values, bytes);
    }
}

impl Element for f64 {
    const KIND: Kind = Kind::F64;

    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
        source.read_f64_into::<BigEndian>(values)
    }

    fn write_into(values: &[Self], bytes: &mut [u8]) {
        BigEndian::write_f64_into(values, bytes);
    }
}
