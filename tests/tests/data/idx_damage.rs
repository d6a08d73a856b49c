//! Damaged input and the sentence that each must give. Rows are named in the
//! message of a failing test.

use std::fs;
use std::io::Write;
use std::path::Path;

use datasets::idx;
use datasets::images::{MNIST, Sources};
use flate2::Compression;
use flate2::write::GzEncoder;

const U8: u8 = 0x08;
const REPLACE: &str = "replace it with a whole copy";
const OTHER: &str = "give the files of MNIST";
const FOLDER: &str = "a folder stands where a file is needed; move it or choose another name";

/// What the file is, its bytes, the fault, the cure.
type FileRow = (&'static str, Vec<u8>, &'static str, &'static str);

#[rustfmt::skip] // a table
fn files() -> Vec<FileRow> {
    let whole = file(U8, &[2, 3], &[1, 2, 3, 4, 5, 6]);
    let packed = gzip(&whole);
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    let packed_with = |at_from_end: usize| {
        let mut bytes = packed.clone();
        let at = bytes.len() - at_from_end;
        bytes[at] ^= 0xFF;
        bytes
    };
    let huge = 1 << 31;
    vec![
        ("empty", vec![], "is empty", REPLACE),
        ("one byte", vec![0], "ends inside its header, after 1 of 4 bytes", REPLACE),
        ("three bytes", whole[..3].into(), "ends inside its header, after 3 of 4 bytes", REPLACE),
        ("no dimensions", whole[..4].into(), "ends inside its header, after 4 of 12 bytes", REPLACE),
        ("half a dimension", whole[..6].into(), "ends inside its header, after 6 of 12 bytes", REPLACE),
        ("one dimension of two", whole[..8].into(), "ends inside its header, after 8 of 12 bytes", REPLACE),
        ("no values", whole[..12].into(), "ends after 12 of 18 bytes", REPLACE),
        ("last value missing", whole[..17].into(), "ends after 17 of 18 bytes", REPLACE),
        ("one byte more", [&whole[..], &[0]].concat(), "goes on after the 18 bytes that its header promises", REPLACE),
        ("twice the file", [&whole[..], &whole].concat(), "goes on after the 18 bytes that its header promises", REPLACE),
        ("first byte wrong", with(0, 7), "is not an IDX file: it begins with the bytes 07 00, not 00 00", REPLACE),
        ("second byte wrong", with(1, 1), "is not an IDX file: it begins with the bytes 00 01, not 00 00", REPLACE),
        ("little-endian magic", vec![3, 8, 0, 0], "is not an IDX file: it begins with the bytes 03 08, not 00 00", REPLACE),
        ("text", b"5, 0, 4, 1, 9".into(), "is not an IDX file: it begins with the bytes 35 2c, not 00 00", REPLACE),
        ("web page", b"<!DOCTYPE html><html></html>".into(), "is not an IDX file: it is a web page", REPLACE),
        ("zip archive", b"PK\x03\x04 and more".into(), "is not an IDX file: it is a zip archive, to be unpacked first", REPLACE),
        (
            "unknown type",
            with(2, 0x0A),
            "has the type code 0x0A, which IDX does not know \
             (u8 (0x08), i8 (0x09), i16 (0x0B), i32 (0x0C), f32 (0x0D), f64 (0x0E))",
            REPLACE,
        ),
        (
            "type zero",
            with(2, 0),
            "has the type code 0x00, which IDX does not know \
             (u8 (0x08), i8 (0x09), i16 (0x0B), i32 (0x0C), f32 (0x0D), f64 (0x0E))",
            REPLACE,
        ),
        ("signed bytes", with(2, 0x09), "holds i8 (0x09) where u8 (0x08) is wanted", REPLACE),
        ("doubles", file(0x0E, &[1], &[0; 8]), "holds f64 (0x0E) where u8 (0x08) is wanted", REPLACE),
        ("integers, cut", file(0x0C, &[2], &[0; 7]), "ends after 15 of 16 bytes", REPLACE),
        ("a greater rank", with(3, 3), "ends after 18 of 101,454,376 bytes", REPLACE),
        ("rank 255", with(3, 255), "ends inside its header, after 18 of 1,024 bytes", REPLACE),
        ("2^40 values", file(U8, &[1 << 20, 1 << 20], &[1]), "ends after 13 of 1,099,511,627,788 bytes", REPLACE),
        (
            "more than 2^63 values",
            file(U8, &[huge, huge, 4], &[1]),
            "promises 2,147,483,648 x 2,147,483,648 x 4 values, more than any memory can hold",
            REPLACE,
        ),
        (
            "a product that wraps around to zero",
            file(U8, &[huge, huge, 4, 1], &[]),
            "promises 2,147,483,648 x 2,147,483,648 x 4 x 1 values, more than any memory can hold",
            REPLACE,
        ),
        (
            "nothing, but of an impossible shape",
            file(U8, &[0, huge, huge, 4], &[]),
            "promises 0 x 2,147,483,648 x 2,147,483,648 x 4 values, more than any memory can hold",
            REPLACE,
        ),
        ("gzip magic alone", packed[..2].into(), "ends inside its header, after 0 of 4 bytes", REPLACE),
        ("gzip header alone", packed[..10].into(), "ends inside its header, after 0 of 4 bytes", REPLACE),
        ("gzip of nothing", gzip(&[]), "ends inside its header, after 0 of 4 bytes", REPLACE),
        ("gzip cut in its checksum", packed[..packed.len() - 6].into(), "its gzip stream is damaged (unexpected end of file)", REPLACE),
        ("gzip with a wrong method", [&packed[..2], &[9], &packed[3..]].concat(), "its gzip stream is damaged (invalid gzip header)", REPLACE),
        ("gzip with a wrong checksum", packed_with(8), "its gzip stream is damaged (corrupt gzip stream does not have a matching checksum)", REPLACE),
        ("gzip with a wrong length", packed_with(1), "its gzip stream is damaged (corrupt gzip stream does not have a matching checksum)", REPLACE),
        ("gzip of a wrong block type", [&packed[..10], &[0x07], &packed[11..]].concat(), "its gzip stream is damaged (corrupt deflate stream)", REPLACE),
        ("gzip, then something else", [&packed[..], b"something else"].concat(), "its gzip stream is damaged (invalid gzip header)", REPLACE),
        ("gzip, then the file again", [&packed[..], &packed].concat(), "goes on after the 18 bytes that its header promises", REPLACE),
        ("gzip of a short file", gzip(&whole[..15]), "ends after 15 of 18 bytes", REPLACE),
        ("gzip of a long file", gzip(&[&whole[..], &[0]].concat()), "goes on after the 18 bytes that its header promises", REPLACE),
        ("gzip of gzip", gzip(&packed), "is not an IDX file: it was packed with gzip twice", REPLACE),
        ("gzip of a web page", gzip(b"<html></html>"), "is not an IDX file: it is a web page", REPLACE),
        ("gzip of signed bytes", gzip(&with(2, 0x09)), "holds i8 (0x09) where u8 (0x08) is wanted", REPLACE),
        ("gzip bomb", gzip(&file(U8, &[4], &vec![0; 1 << 24])), "goes on after the 12 bytes that its header promises", REPLACE),
        (
            "gzip that promises 2^40 values",
            gzip_stored(&file(U8, &[1 << 20, 1 << 20], &[1, 2, 3])),
            "promises 1,099,511,627,788 bytes, more than 38 packed bytes can hold",
            REPLACE,
        ),
        (
            "gzip that promises more than 2^63 values",
            gzip(&file(U8, &[huge, huge, 4], &[])),
            "promises 2,147,483,648 x 2,147,483,648 x 4 values, more than any memory can hold",
            REPLACE,
        ),
    ]
}

#[test]
fn each_damaged_file_is_named_with_its_fault_and_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.idx");
    let rows = files();
    assert!(rows.len() >= 40);
    for (case, bytes, fault, cure) in rows {
        fs::write(&path, bytes).unwrap();
        let error = idx::read::<u8>(&path).expect_err(case);
        let expected = format!("{}: {fault}; {cure}", path.display());
        assert_eq!(error.to_string(), expected, "{case}");
    }
}

#[test]
fn a_file_that_is_none_is_named_with_its_fault_and_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let error = idx::read::<u8>(folder.path()).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: {FOLDER}", folder.path().display()));

    let path = folder.path().join("missing");
    let error = idx::read::<u8>(&path).unwrap_err();
    let expected = format!("{}: there is no such file; check the name", path.display());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_file_larger_than_any_memory_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse");
    let mut sparse = fs::File::create(&path).unwrap();
    sparse.write_all(&file(U8, &[3_061_224_490, 28, 28], &[])).unwrap(); // 2.4 TB of holes
    if sparse.set_len(16 + 3_061_224_490 * 784).is_err() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no file of 2.4 TB can be made here");
        return;
    }
    let error = idx::read::<u8>(&path).unwrap_err();
    let fault = "holds 2,400,000,000,160 values, more than the memory; give a smaller file";
    assert_eq!(error.to_string(), format!("{}: {fault}", path.display()));
}

/// What is done to a good folder, how, and the sentence, where `{}` stands for
/// the folder.
type FolderRow = (&'static str, fn(&Path), &'static str);

const NAMES: &str = "put it there, or into mnist/ inside; the names";

#[rustfmt::skip] // a table
const FOLDERS: [FolderRow; 18] = [
    (
        "training images missing",
        |folder| remove(folder, "train-images-idx3-ubyte"),
        "{}: train-images-idx3-ubyte of MNIST is missing; {NAMES} train-images.idx3-ubyte, \
         train-images-idx3-ubyte.gz, train-images.idx3-ubyte.gz will also do",
    ),
    (
        "test labels missing",
        |folder| remove(folder, "t10k-labels-idx1-ubyte"),
        "{}: t10k-labels-idx1-ubyte of MNIST is missing; {NAMES} t10k-labels.idx1-ubyte, \
         t10k-labels-idx1-ubyte.gz, t10k-labels.idx1-ubyte.gz will also do",
    ),
    (
        "everything missing",
        |folder| {
            for file in fs::read_dir(folder).unwrap() {
                fs::remove_file(file.unwrap().path()).unwrap();
            }
        },
        "{}: train-images-idx3-ubyte of MNIST is missing; {NAMES} train-images.idx3-ubyte, \
         train-images-idx3-ubyte.gz, train-images.idx3-ubyte.gz will also do",
    ),
    (
        "a folder of that name",
        |folder| {
            remove(folder, "train-labels-idx1-ubyte");
            fs::create_dir(folder.join("train-labels-idx1-ubyte")).unwrap();
        },
        "{}/train-labels-idx1-ubyte: {FOLDER}",
    ),
    (
        "pictures too narrow",
        |folder| put(folder, "train-images-idx3-ubyte", &[3, 28, 27], 0),
        "{}/train-images-idx3-ubyte: has the shape (3, 28, 27) where images need (N, 28, 28); {OTHER}",
    ),
    (
        "pictures too low",
        |folder| put(folder, "t10k-images-idx3-ubyte", &[2, 27, 28], 0),
        "{}/t10k-images-idx3-ubyte: has the shape (2, 27, 28) where images need (N, 28, 28); {OTHER}",
    ),
    (
        "pictures as rows",
        |folder| put(folder, "train-images-idx3-ubyte", &[3, 784], 0),
        "{}/train-images-idx3-ubyte: has the shape (3, 784) where images need (N, 28, 28); {OTHER}",
    ),
    (
        "no pictures",
        |folder| put(folder, "train-images-idx3-ubyte", &[0, 28, 28], 0),
        "{}/train-images-idx3-ubyte: holds no images; replace it with a whole copy",
    ),
    (
        "pictures as floats",
        |folder| fs::write(folder.join("t10k-images-idx3-ubyte"), file(0x0D, &[2, 28, 28], &[0; 8 * 784])).unwrap(),
        "{}/t10k-images-idx3-ubyte: holds f32 (0x0D) where u8 (0x08) is wanted; \
         replace it with a whole copy",
    ),
    (
        "pictures for labels",
        |folder| put(folder, "train-labels-idx1-ubyte", &[3, 28, 28], 0),
        "{}/train-labels-idx1-ubyte: has the shape (3, 28, 28) where labels need (N); {OTHER}",
    ),
    (
        "a label of 10",
        |folder| fs::write(folder.join("train-labels-idx1-ubyte"), file(U8, &[3], &[9, 0, 10])).unwrap(),
        "{}/train-labels-idx1-ubyte: label 2 (counted from 0) is 10, and labels are 0 to 9; {OTHER}",
    ),
    (
        "EMNIST's letters",
        |folder| fs::write(folder.join("t10k-labels-idx1-ubyte"), file(U8, &[2], &[1, 26])).unwrap(),
        "{}/t10k-labels-idx1-ubyte: label 1 (counted from 0) is 26, and labels are 0 to 9; {OTHER}",
    ),
    (
        "pictures of 20x20",
        |folder| put(folder, "train-images-idx3-ubyte", &[3, 20, 20], 0),
        "{}/train-images-idx3-ubyte: has the shape (3, 20, 20) where images need (N, 28, 28); {OTHER}",
    ),
    (
        "a file where the folder of the data set would be",
        |folder| {
            remove(folder, "t10k-labels-idx1-ubyte");
            fs::write(folder.join("mnist"), "").unwrap();
        },
        "{}/mnist: is not a folder, or is a link to nothing; mend it",
    ),
    (
        "a label too few",
        |folder| put(folder, "train-labels-idx1-ubyte", &[2], 0),
        "{}/train-images-idx3-ubyte: holds 3 images, but {}/train-labels-idx1-ubyte holds 2 labels; \
         the two must belong together; replace it with a whole copy",
    ),
    (
        "test labels of the training set",
        |folder| put(folder, "t10k-labels-idx1-ubyte", &[3], 0),
        "{}/t10k-images-idx3-ubyte: holds 2 images, but {}/t10k-labels-idx1-ubyte holds 3 labels; \
         the two must belong together; replace it with a whole copy",
    ),
    (
        "a web page under the name of a packed file",
        |folder| {
            remove(folder, "t10k-images-idx3-ubyte");
            fs::write(folder.join("t10k-images-idx3-ubyte.gz"), "<html>Log in</html>").unwrap();
        },
        "{}/t10k-images-idx3-ubyte.gz: is not an IDX file: it is a web page; \
         replace it with a whole copy",
    ),
    (
        "another collection",
        |folder| {
            let labels = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5];
            fs::write(folder.join("train-labels-idx1-ubyte"), file(U8, &[10], &labels)).unwrap();
            put(folder, "train-images-idx3-ubyte", &[10, 28, 28], 0);
        },
        "{}/train-labels-idx1-ubyte: is Fashion-MNIST's, not MNIST's; \
         give MNIST's folder, or one with mnist/ in it",
    ),
];

#[test]
fn each_damaged_folder_is_named_with_its_fault_and_the_cure() {
    for (case, damage, expected) in FOLDERS {
        let folder = tempfile::tempdir().unwrap();
        good_folder(folder.path());
        let mut sources = Sources::new(Some(folder.path()));
        sources.mirrors = Some(Vec::new());
        assert!(sources.load::<f32>(&MNIST).is_ok(), "{case}: good at first");

        damage(folder.path());
        let error = sources.load::<f32>(&MNIST).expect_err(case);
        let place = folder.path().display().to_string();
        let expected = expected.replace("{NAMES}", NAMES).replace("{OTHER}", OTHER);
        let expected = expected.replace("{FOLDER}", FOLDER).replace("{}", &place);
        let error = error.to_string().replace('\\', "/");
        assert_eq!(error, expected.replace('\\', "/"), "{case}");
    }
}

const MEND: &str = "mend that line, or leave the file out to use the built-in copy";
const HEADER: &str = "sepal_length,sepal_width,petal_length,petal_width,species";
const FLOWER: &str = "5.1,3.5,1.4,0.2,setosa";

/// The lines of a CSV file, and its fault.
#[rustfmt::skip] // a table
const TABLES: [(&[&str], &str); 15] = [
    (&[], "is empty"),
    (&[HEADER], "holds no flowers"),
    (&[FLOWER], "line 1: has no column sepal_length (it has: 5.1, 3.5, 1.4, 0.2, setosa)"),
    (
        &["sepal_length,sepal_width,petal_length,species"],
        "line 1: has no column petal_width (it has: sepal_length, sepal_width, petal_length, species)",
    ),
    (
        &["sepal_length,sepal_width,petal_length,petal_width"],
        "line 1: has no column species (it has: sepal_length, sepal_width, petal_length, petal_width)",
    ),
    (&[HEADER, FLOWER, "5.1,3.5,1.4,setosa"], "line 3: has 4 fields where the header has 5"),
    (&[HEADER, FLOWER, FLOWER, "5.1,3.5,1.4,0.2,0.2,setosa"], "line 4: has 6 fields where the header has 5"),
    (&[HEADER, "5.1,3.5,1.4,,setosa"], "line 2: petal_width is \"\", not a length in centimetres"),
    (&[HEADER, "5.1,abc,1.4,0.2,setosa"], "line 2: sepal_width is \"abc\", not a length in centimetres"),
    (&[HEADER, FLOWER, "NaN,3.5,1.4,0.2,setosa"], "line 3: sepal_length is \"NaN\", not a length in centimetres"),
    (&[HEADER, "5.1,3.5,inf,0.2,setosa"], "line 2: petal_length is \"inf\", not a length in centimetres"),
    (&[HEADER, "5.1,3.5,-1.4,0.2,setosa"], "line 2: petal_length is \"-1.4\", not a length in centimetres"),
    (&[HEADER, "5.1,3.5,1.4,1e999,setosa"], "line 2: petal_width is \"1e999\", not a length in centimetres"),
    (
        &[HEADER, FLOWER, "5.1,3.5,1.4,0.2,tulip"],
        "line 3: the species \"tulip\" is none of setosa, versicolor, virginica",
    ),
    (
        &[HEADER, "5.1,3.5,1.4,0.2,"],
        "line 2: the species \"\" is none of setosa, versicolor, virginica",
    ),
];

#[test]
fn each_damaged_table_of_flowers_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    for (lines, fault) in TABLES {
        fs::write(&path, lines.join("\n")).unwrap();
        let error = datasets::iris::<f64>(Some(&path)).expect_err(fault);
        assert_eq!(error.to_string(), format!("{}: {fault}; {MEND}", path.display()));
    }

    fs::write(&path, [HEADER.as_bytes(), b"\n5.1,3.5,1.4,0.2,setos\xE4\n"].concat()).unwrap();
    let error = datasets::iris::<f64>(Some(&path)).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: line 2: is not UTF-8 text; {MEND}", path.display()));
}

fn file(code: u8, dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, dims.len() as u8];
    bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
    bytes.extend(values);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    pack(bytes, Compression::default())
}

/// Packed without compression, so that its length does not depend on a library.
fn gzip_stored(bytes: &[u8]) -> Vec<u8> {
    pack(bytes, Compression::none())
}

fn pack(bytes: &[u8], how: Compression) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), how);
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Three images for training and two for the test.
fn good_folder(folder: &Path) {
    put(folder, "train-images-idx3-ubyte", &[3, 28, 28], 200);
    put(folder, "train-labels-idx1-ubyte", &[3], 7);
    put(folder, "t10k-images-idx3-ubyte", &[2, 28, 28], 100);
    put(folder, "t10k-labels-idx1-ubyte", &[2], 0);
}

fn put(folder: &Path, name: &str, dims: &[u32], byte: u8) {
    let count: u32 = dims.iter().product();
    let values = vec![byte; count as usize];
    fs::write(folder.join(name), file(U8, dims, &values)).unwrap();
}

fn remove(folder: &Path, name: &str) {
    fs::remove_file(folder.join(name)).unwrap();
}
