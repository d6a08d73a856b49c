//! All tests of a program again, with fewer lanes than this processor has.

use std::process::Command;

use common::fast::simd_level::{VARIABLE, lanes};

/// Runs the test program again for each narrower width, and checks that all its tests pass,
/// among them `name`, the test that calls this; there it checks the width alone.
///
/// # Panics
/// If a test fails, or the vectors are wider than allowed.
pub fn run_again_with_narrower_vectors(name: &str) {
    let Ok(most) = std::env::var(VARIABLE) else {
        for most in ["4", "8"] {
            let program = std::env::current_exe().expect("the path of this program");
            let out = Command::new(program).env(VARIABLE, most).output().expect("it runs again");
            let text = String::from_utf8_lossy(&out.stdout);
            let passed = out.status.success() && text.contains(&format!("{name} ... ok"));
            assert!(passed, "{VARIABLE}={most}:\n{text}");
        }
        return;
    };
    assert!(lanes() <= most.parse().expect("a number"), "{} lanes, not {most}", lanes());
}
