//! The six types of number that an IDX file can hold.

use std::fmt;
use std::io::{self, Write};

use byteorder::{BigEndian, ReadBytesExt, WriteBytesExt};

/// A type of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataType {
    /// The third byte of the file.
    pub code: u8,
    /// Its name in Rust.
    pub name: &'static str,
    /// Bytes of one number.
    pub size: usize,
}

impl DataType {
    /// All six, by code.
    pub const ALL: [Self; 6] = [
        u8::DATA_TYPE,
        i8::DATA_TYPE,
        i16::DATA_TYPE,
        i32::DATA_TYPE,
        f32::DATA_TYPE,
        f64::DATA_TYPE,
    ];
}

/// As in "u8 (0x08)".
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{:02X})", self.name, self.code)
    }
}

/// A Rust type that an IDX file can hold.
pub trait Element: Copy {
    /// Its name, code and size.
    const DATA_TYPE: DataType;

    /// The number that these big-endian bytes are, exactly as many as it has.
    fn from_bytes(bytes: &[u8]) -> Self;

    /// Writes its big-endian bytes. Fails with the errors of `target`.
    fn write(self, target: &mut impl Write) -> io::Result<()>;
}

macro_rules! element {
    ($type:ident, $code:literal, $read:expr, $write:expr) => {
        impl Element for $type {
            const DATA_TYPE: DataType =
                DataType { code: $code, name: stringify!($type), size: size_of::<$type>() };

            fn from_bytes(mut bytes: &[u8]) -> Self {
                $read(&mut bytes).expect("as many bytes as it has")
            }

            fn write(self, target: &mut impl Write) -> io::Result<()> {
                $write(target, self)
            }
        }
    };
}

element!(u8, 0x08, ReadBytesExt::read_u8, WriteBytesExt::write_u8);
element!(i8, 0x09, ReadBytesExt::read_i8, WriteBytesExt::write_i8);
element!(i16, 0x0B, ReadBytesExt::read_i16::<BigEndian>, WriteBytesExt::write_i16::<BigEndian>);
element!(i32, 0x0C, ReadBytesExt::read_i32::<BigEndian>, WriteBytesExt::write_i32::<BigEndian>);
element!(f32, 0x0D, ReadBytesExt::read_f32::<BigEndian>, WriteBytesExt::write_f32::<BigEndian>);
element!(f64, 0x0E, ReadBytesExt::read_f64::<BigEndian>, WriteBytesExt::write_f64::<BigEndian>);
