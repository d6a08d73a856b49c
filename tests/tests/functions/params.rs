//! `.npz`: what NumPy writes we read, what is damaged we refuse with a reason.

use std::fs;
use std::io::Write;
use std::path::Path;

use common::params::Params;
use ndarray::{Array2, array};
use referee::fixture_path;

#[test]
fn we_read_what_numpy_writes() {
    for name in ["params_plain.npz", "params_compressed.npz", "params_fortran.npz"] {
        let numpy = Params::<f32>::load(&fixture_path(name)).unwrap();
        let w = numpy.get("w", (2, 3)).unwrap();
        assert_eq!(w, array![[0.0, 0.25, 0.5], [0.75, 1.0, 1.25]], "{name}");
        assert_eq!(numpy.any_shape("b").unwrap().sum(), 1.5, "a scalar, float64: {name}");
    }
}

#[test]
fn every_form_of_an_array_that_numpy_has_written_is_read() {
    let expected = array![[0.0, 0.25, 0.5], [0.75, 1.0, 1.25]];
    let path = fixture_path("params_formats.npz");
    let numpy = Params::<f32>::load(&path).unwrap();
    let double = Params::<f64>::load(&path).unwrap();
    assert_eq!(numpy.names().count(), 30);
    for name in numpy.names() {
        let w = numpy.get(name, (2, 3)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(w, expected, "{name}");
        assert!(w.is_standard_layout(), "{name}: whoever takes it as a slice needs that");
        assert_eq!(double.any_shape(name).unwrap(), expected.mapv(f64::from).into_dyn(), "{name}");
    }
}

#[test]
fn what_is_not_read_is_refused_by_a_sentence_that_says_why_and_what_to_do() {
    let path = fixture_path("params_refused.npz");
    let (single, double) =
        (Params::<f32>::load(&path).unwrap(), Params::<f64>::load(&path).unwrap());
    let convert = "save it as float32 or float64, with array.astype('float32')";
    let large = "more than single precision can hold; save it again without such numbers";
    let sentences = [
        ("half", format!("array `half` stores numbers of the type <f2; {convert}")),
        ("whole", format!("array `whole` stores numbers of the type <i8; {convert}")),
        ("complex", format!("array `complex` stores numbers of the type <c8; {convert}")),
        ("text", format!("array `text` stores numbers of the type <U1; {convert}")),
        ("large", format!("array `large` holds -1e300, {large}")),
        ("infinite", format!("array `infinite` holds 1e300, {large}")),
    ];
    for (name, sentence) in sentences {
        let error = single.any_shape(name).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {sentence}", path.display()));
    }
    assert_eq!(double.get("large", 2).unwrap(), array![1.0, -1e300]);
    let error = double.any_shape("infinite").unwrap_err().to_string();
    assert!(error.contains("holds inf; the training that wrote it had diverged"), "{error}");
    for name in ["record", "none"] {
        let error = single.any_shape(name).unwrap_err().to_string();
        assert!(!error.contains('\n') && error.len() < path.as_os_str().len() + 250, "{error}");
    }
}

#[test]
fn names_that_end_as_files_do_are_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.npz");
    let (w, npy) = (array![[0.0f32, 0.25, 0.5], [0.75, 1.0, 1.25]], "w.npy");
    let ours = Params::new().with("w", &w).with(npy, &(&w * 2.0)).with("w.npy.npy", &(&w * 3.0));
    ours.save(&path).unwrap();
    for path in [path, fixture_path("params_names.npz")] {
        let params = Params::<f32>::load(&path).unwrap();
        assert_eq!(params.names().collect::<Vec<_>>(), ["w", npy, "w.npy.npy"]);
        assert_eq!(params.get("w", (2, 3)).unwrap(), w);
        assert_eq!(params.get(npy, (2, 3)).unwrap(), &w * 2.0);
        assert_eq!(params.get("w.npy.npy", (2, 3)).unwrap(), &w * 3.0);
    }
}

#[test]
fn what_was_loaded_can_be_added_to_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("more.npz");
    let loaded = Params::<f32>::load(&fixture_path("params_plain.npz")).unwrap();
    loaded.clone().with("more", &array![7.0]).save(&path).unwrap();
    let back = Params::<f32>::load(&path).unwrap();
    assert_eq!(back.names().collect::<Vec<_>>(), ["w", "b", "more"]);
    assert_eq!(back.get("w", (2, 3)).unwrap(), loaded.get("w", (2, 3)).unwrap());
}

/// Another process may replace the file at any time; the arrays must be of one training.
#[test]
fn the_arrays_are_those_of_the_file_that_was_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.npz");
    Params::new().with("w", &array![1.0f32]).save(&path).unwrap();
    let loaded = Params::<f32>::load(&path).unwrap();
    Params::new().with("w", &array![2.0f32]).save(&path).unwrap();
    assert_eq!(loaded.get("w", 1).unwrap(), array![1.0]);
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/params.npz");
    let (w, b) = (array![[1.5f32, -2.0, 3.25]], array![0.5f32]);
    Params::new().with("w", &w).with("b", &b).save(&path).unwrap();
    let back = Params::<f32>::load(&path).unwrap();
    assert_eq!(back.get("w", (1, 3)).unwrap(), w);
    assert_eq!(back.get("b", 1).unwrap(), b);
    assert_eq!(Params::<f64>::load(&path).unwrap().get("b", 1).unwrap(), array![0.5f64]);
}

/// NumPy's own reading of our file is checked where there is a Python with
/// NumPy; elsewhere the test says that it skipped.
#[test]
fn numpy_reads_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.npz");
    let w = array![[1.5f32, -2.0], [0.25, 8.0], [0.0, 1.0]];
    Params::new().with("w", &w).with("b", &array![0.5f32]).save(&path).unwrap();
    let script = "import sys, numpy as np\n\
        p = np.load(sys.argv[1])\n\
        assert list(p) == ['w', 'b'], list(p)\n\
        assert p['w'].dtype == np.float32 and p['w'].tolist() == [[1.5, -2], [0.25, 8], [0, 1]]\n\
        assert p['b'].shape == (1,)\n";
    let python = std::env::var("PYTHON").unwrap_or("python3".to_owned());
    let has_numpy = std::process::Command::new(&python).args(["-c", "import numpy"]).output();
    if !has_numpy.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED numpy_reads_what_we_write: no Python with NumPy (set PYTHON)"
        );
        return;
    }
    let output =
        std::process::Command::new(&python).args(["-c", script]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn load(path: &Path) -> String {
    match Params::<f32>::load(path).and_then(|params| params.any_shape("w")) {
        Ok(_) => panic!("{} should have been refused", path.display()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn damaged_files_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(fixture_path("params_plain.npz")).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let flip = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        bytes
    };
    // The data of `w` end before the central directory's first entry.
    let data = whole.windows(4).position(|w| w == 1.25f32.to_le_bytes()).unwrap();
    let shape = whole.windows(6).position(|w| w == b"(2, 3)").unwrap();
    let mut huge = whole.clone();
    huge[shape..shape + 6].copy_from_slice(b"(9e9,)");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.npz", Vec::new(), "is not a whole .npz file"),
        ("text.npz", b"w = 1, 2, 3".to_vec(), "is not a whole .npz file"),
        ("html.npz", b"<!DOCTYPE html><html>not found</html>".to_vec(), "is not a whole .npz file"),
        ("half.npz", whole[..whole.len() / 2].to_vec(), "is not a whole .npz file"),
        ("no-end.npz", whole[..whole.len() - 1].to_vec(), "is not a whole .npz file"),
        ("flipped-data.npz", flip(data), "array `w` is damaged (Invalid checksum)"),
        ("flipped-magic.npz", flip(0), "array `w` is damaged (invalid Zip archive"),
        ("huge-shape.npz", huge, "array `w` is damaged (its header is"),
    ];
    for (name, bytes, reason) in cases {
        let path = write(name, &bytes);
        let message = load(&path);
        assert!(message.contains(name) && message.contains(reason), "{name}: {message}");
    }
    let message = load(&fixture_path("params_integers.npz"));
    assert!(
        message.contains("array `w` stores") && message.contains("save it as float32"),
        "{message}"
    );
    let message = load(&folder.path().join("none.npz"));
    assert!(message.contains("none.npz: there is no such file"), "{message}");
    let message = load(folder.path());
    assert!(message.contains(&folder.path().display().to_string()), "{message}");
}

/// An `.npy` header, with the checksum of the zip right, whose shape is a lie.
fn npz_with_header(shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.bytes());
    npy.extend(data);
    npz(&[("w.npy", &npy)])
}

fn npz(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_header_that_promises_more_than_there_is_is_refused_before_memory_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lie.npz");
    for shape in ["(1099511627776,)", "(4294967296, 4294967296)", "(3,)"] {
        fs::write(&path, npz_with_header(shape, &[0; 8])).unwrap();
        let message = load(&path);
        assert!(message.contains("array `w` is damaged"), "{shape}: {message}");
    }
    fs::write(&path, npz_with_header("(2,)", &[0; 8])).unwrap();
    assert!(Params::<f32>::load(&path).unwrap().get("w", 2).is_ok());
    fs::write(&path, npz_with_header("(1,)", &[0; 8])).unwrap();
    assert!(load(&path).contains("array `w` is damaged"), "trailing bytes");
}

#[test]
fn an_archive_of_other_things_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.npz");
    let long = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes(), &[b' '; 100]].concat();
    type Entries<'a> = &'a [(&'a str, &'a [u8])];
    let cases: [(Entries, &str); 4] = [
        (
            &[("w.npy", b"\x93NUMPY\x04\x00")],
            "array `w` is not in NumPy's format, version 1, 2 or 3",
        ),
        (&[("w.npy", b"hello, world")], "array `w` is not in NumPy's format, version 1, 2 or 3"),
        (
            &[("w.npy", b"\x93NUM")],
            "array `w` is damaged (failed to fill whole buffer); save it again",
        ),
        (&[("w.npy", &long)], "array `w` is damaged (a header of 4294967295 bytes); save it again"),
    ];
    for (entries, fault) in cases {
        fs::write(&path, npz(entries)).unwrap();
        assert_eq!(load(&path), format!("{}: {fault}", path.display()));
    }
}

#[test]
fn a_wrong_name_or_shape_or_a_nan_is_named() {
    let path = fixture_path("params_plain.npz");
    let params = Params::<f32>::load(&path).unwrap();
    let message = params.get("wh", (2, 3)).unwrap_err().to_string();
    assert!(message.contains("no array `wh`, only: w, b"), "{message}");
    let message = params.get("w", (3, 2)).unwrap_err().to_string();
    assert!(message.contains("[2, 3]") && message.contains("[3, 2]"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nan.npz");
    fs::write(&path, npz_with_header("(1, 1)", &f32::NAN.to_le_bytes())).unwrap();
    let message = Params::<f32>::load(&path).unwrap().get("w", (1, 1)).unwrap_err().to_string();
    assert!(message.contains("`w` holds NaN; the training that wrote it"), "{message}");
    let diverged = Params::new().with("v", &array![1.0]).with("w", &array![f32::INFINITY]);
    let message = diverged.save(&path).unwrap_err().to_string();
    assert!(message.contains("`w` holds inf, so it is not saved"), "{message}");
    assert!(Params::<f32>::load(&path).unwrap().names().eq(["w"]), "the file is what it was");
}

#[test]
fn saving_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.npz");
    let old = Array2::<f32>::ones((2, 2));
    Params::new().with("w", &old).save(&path).unwrap();
    // The writing breaks off in the middle.
    let broken = common::files::write(&path, |file| {
        file.write_all(b"half of it").map_err(|error| common::files::io_error(&path, &error))?;
        Err(common::Error::new("broke off"))
    });
    assert!(broken.is_err());
    assert_eq!(Params::<f32>::load(&path).unwrap().get("w", (2, 2)).unwrap(), old);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no unfinished file stays behind");
}

#[test]
fn a_place_that_cannot_be_written_is_named_with_a_cure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let path = file.join("params.npz");
    let message = Params::new().with("w", &array![1.0f32]).save(&path).unwrap_err().to_string();
    assert!(message.contains("a file stands where a folder is needed"), "{message}");
    let message =
        Params::new().with("w", &array![1.0f32]).save(folder.path()).unwrap_err().to_string();
    assert!(message.contains(&folder.path().display().to_string()), "{message}");
}
