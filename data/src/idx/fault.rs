//! What can be wrong with an IDX file, each worded to follow "file: ".

use std::io;
use std::path::Path;

use super::Kind;
use crate::Error;
use crate::error::grouped;

/// A fault of an IDX file or stream.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The operating system would not give its bytes.
    #[error("cannot be read ({0})")]
    Io(#[from] io::Error),

    /// A folder stands where a file should.
    #[error("is a folder, not a file")]
    Folder,

    /// A pipe or a device, whose length nobody knows.
    #[error("is not an ordinary file")]
    NotAFile,

    /// Not one byte.
    #[error("is empty")]
    Empty,

    /// Its first bytes are not those of IDX.
    #[error("is not an IDX file: {}", describe(*.0))]
    NotIdx([u8; 4]),

    /// The type code is none of the six.
    #[error("has the type code 0x{0:02X}, which IDX does not know ({kinds})", kinds = kinds())]
    UnknownKind(u8),

    /// It holds one type of number where another is wanted.
    #[error("holds {found} where {wanted} is wanted")]
    WrongKind {
        /// The type in the file.
        found: Kind,
        /// The type that was asked for.
        wanted: Kind,
    },

    /// It ends before its header does.
    #[error("ends inside its header, after {} of {} bytes", grouped(*.found), grouped(*.header))]
    InsideHeader {
        /// Bytes there are, unpacked.
        found: u64,
        /// Bytes of the header, as far as it is known.
        header: u64,
    },

    /// It ends before the values that the header promises.
    #[error("ends after {} of {} bytes", grouped(*.found), grouped(*.promised))]
    Short {
        /// Bytes there are, unpacked.
        found: u64,
        /// Bytes there should be.
        promised: u64,
    },

    /// It goes on where the header says that it ends.
    #[error("goes on after the {} bytes that its header promises", grouped(*.0))]
    Long(u64),

    /// No deflate stream of this length can unpack to so much.
    #[error(
        "promises {} bytes, more than {} packed bytes can hold",
        grouped(*.promised),
        grouped(*.packed)
    )]
    Inflated {
        /// Bytes that the header promises.
        promised: u64,
        /// Length of the gzip file in bytes.
        packed: u64,
    },

    /// More values than an address can count.
    #[error("promises {} values, more than any memory can hold", product(.0))]
    Overflow(Vec<u32>),

    /// The gzip stream around it is broken.
    #[error("its gzip stream is damaged ({0})")]
    Gzip(io::Error),
}

impl Fault {
    /// The sentence about the file at `path`; `replace` is the cure for damage.
    pub(crate) fn of(self, path: &Path, replace: &str) -> Error {
        let cure = match self {
            Self::Io(_) => "check that it exists and that you may read it",
            Self::Folder | Self::NotAFile => "give the name of an IDX file",
            _ => replace,
        };
        Error::at(path, self, cure)
    }
}

fn describe(begins: [u8; 4]) -> String {
    match &begins {
        [b'<', ..] => "it is a web page".into(),
        b"PK\x03\x04" => "it is a zip archive, to be unpacked first".into(),
        [0x1f, 0x8b, ..] => "it was packed with gzip twice".into(),
        [a, b, ..] => format!("it begins with the bytes {a:02x} {b:02x}, not 00 00"),
    }
}

fn kinds() -> String {
    Kind::ALL.map(|kind| kind.to_string()).join(", ")
}

fn product(dims: &[u32]) -> String {
    let dims: Vec<_> = dims.iter().map(|&d| grouped(d)).collect();
    dims.join(" x ")
}
