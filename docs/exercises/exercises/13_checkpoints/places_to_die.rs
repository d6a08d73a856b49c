//! In how many places may a program die, and leave a folder that no one can go on from?
//!
//! A checkpoint is two files, NAME.npz and NAME.json. A reader looks for a .json, and needs
//! the .npz of the same name. The folder begins with checkpoint a, whole.
//!
//! Page: docs/en/13-checkpoints.md, exercise 4

/// A step of the program: a file appears (by a rename, so at once), or goes.
#[derive(Clone, Copy)]
enum Act {
    Appears(&'static str),
    Goes(&'static str),
}

/// In how many places, before, between and after the acts, a crash leaves no checkpoint at
/// all, or one that looks like a checkpoint and is not whole.
fn places_to_die(acts: &[Act]) -> usize {
    // TODO: the folder begins with a.npz and a.json.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    use Act::{Appears, Goes};

    #[test]
    fn arrays_then_manifest_and_the_old_manifest_goes_first() {
        let ours = [Appears("b.npz"), Appears("b.json"), Goes("a.json"), Goes("a.npz")];
        assert_eq!(places_to_die(&ours), 0);
    }

    #[test]
    fn a_manifest_before_its_arrays_or_after_them_is_a_place_to_die() {
        let early = [Appears("b.json"), Appears("b.npz"), Goes("a.json"), Goes("a.npz")];
        assert_eq!(places_to_die(&early), 1);
        let late = [Appears("b.npz"), Appears("b.json"), Goes("a.npz"), Goes("a.json")];
        assert_eq!(places_to_die(&late), 1);
    }

    #[test]
    fn removing_the_old_checkpoint_first_leaves_nothing_three_times() {
        let room = [Goes("a.json"), Goes("a.npz"), Appears("b.npz"), Appears("b.json")];
        assert_eq!(places_to_die(&room), 3);
        assert_eq!(places_to_die(&[]), 0);
    }
}
