//! The six types of number that an IDX file can hold.

use std::fmt;
use std::io::{self, Read};

use byteorder::{BigEndian, ByteOrder, ReadBytesExt};

/// A type of number, as the third byte of the file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DataType {
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

impl DataType {
    /// All six, by code.
    pub const ALL: [Self; 6] = [Self::U8, Self::I8, Self::I16, Self::I32, Self::F32, Self::F64];

    /// The type with this code, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|data_type| *data_type as u8 == code)
    }

    /// Bytes of one number.
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
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{self:?}").to_lowercase();
        write!(f, "{name} (0x{:02X})", *self as u8)
    }
}

/// A Rust type that an IDX file can hold.
pub trait Element: Copy + Default {
    /// Its code in the file.
    const DATA_TYPE: DataType;

    /// Fills `values` from big-endian bytes. Fails with the errors of `source`, or with
    /// `UnexpectedEof` if it ends too early.
    fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()>;

    /// Writes `values` as big-endian bytes into `bytes`, which has exactly their
    /// length.
    fn write_into(values: &[Self], bytes: &mut [u8]);
}

macro_rules! element {
    ($type:ty, $data_type:ident, $read:expr, $write:expr) => {
        impl Element for $type {
            const DATA_TYPE: DataType = DataType::$data_type;

            fn read_into(source: &mut impl Read, values: &mut [Self]) -> io::Result<()> {
                $read(source, values)
            }

            fn write_into(values: &[Self], bytes: &mut [u8]) {
                $write(values, bytes);
            }
        }
    };
}

element!(u8, U8, Read::read_exact, |values, bytes: &mut [u8]| bytes.copy_from_slice(values));
element!(i8, I8, ReadBytesExt::read_i8_into, BigEndian::write_i8_into);
element!(i16, I16, ReadBytesExt::read_i16_into::<BigEndian>, BigEndian::write_i16_into);
element!(i32, I32, ReadBytesExt::read_i32_into::<BigEndian>, BigEndian::write_i32_into);
element!(f32, F32, ReadBytesExt::read_f32_into::<BigEndian>, BigEndian::write_f32_into);
element!(f64, F64, ReadBytesExt::read_f64_into::<BigEndian>, BigEndian::write_f64_into);
