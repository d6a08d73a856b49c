//! Inputs at which a reader once failed, each in the folder of its format.

use std::fs;

use referee::fuzz::TARGETS;
use referee::root;

#[test]
fn what_once_failed_is_read_or_refused_in_a_sentence() {
    for (target, check) in TARGETS {
        let folder = root().join("tests/fuzz/found").join(target);
        let files = fs::read_dir(&folder).unwrap_or_else(|_| panic!("{}", folder.display()));
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{target}");
        for file in files {
            println!("{}", file.display()); // shown if it fails
            check(&fs::read(&file).unwrap());
        }
    }
}
