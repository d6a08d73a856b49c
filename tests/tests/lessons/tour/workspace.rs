//! Where the tour finds the course, and on what machine it runs.

use std::fs;
use std::path::Path;

use tour::machine::{Machine, vectors};
use tour::workspace::{cargo_build, course_around, find};

#[test]
fn cargo_is_not_told_about_the_tour_s_own_package() {
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo sets it for its tests");
    let command = cargo_build(&find().unwrap());
    let removed: Vec<_> =
        command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
    assert!(removed.contains(&"CARGO_PKG_NAME".as_ref()));
    assert!(removed.contains(&"CARGO_MANIFEST_DIR".as_ref()));
    let of_the_user = ["CARGO_HOME", "CARGO_TARGET_DIR"];
    assert!(of_the_user.iter().all(|name| !removed.contains(&name.as_ref())));
}

#[test]
fn the_course_is_found_from_deep_inside_and_from_nowhere_else() {
    let root = course_around(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(root.join("chapters/01-perceptron").is_dir());
    assert_eq!(course_around(&root.join("chapters/tour/src")), Some(root));

    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("Cargo.toml"), "[workspace]\n").unwrap();
    assert_eq!(course_around(other.path()), None); // another project's workspace
}

#[test]
fn this_machine_has_a_compiler() {
    let machine = Machine::current();
    assert!(machine.cores >= 1);
    assert!(machine.rustc.starts_with("rustc 1."), "{}", machine.rustc);
    assert!(machine.os.ends_with(&format!("({})", std::env::consts::ARCH)), "{}", machine.os);
    if let Ok(info) = fs::read_to_string("/proc/cpuinfo") {
        assert!(!info.contains("model name") || info.contains(&machine.cpu), "{}", machine.cpu);
        assert_eq!(info.contains(" avx2 "), vectors().contains(&"AVX2"), "{:?}", vectors());
    }
}
