//! Large pages for large arrays, where the system has to be asked for them.
//!
//! A batch is a hundred rows from all over 188 MB. In pages of 4 kB nearly every
//! row begins with a search for its page, in tables that lie in memory as well;
//! in pages of 2 MB the processor knows them all.

/// Asks for large pages in the room that `values` has left. A wish: where it is
/// not heard, everything is the same, only slower.
pub(super) fn ask_for_large<T>(values: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{Advice, madvise};

        const PAGE: usize = 4096; // the system takes no other beginning
        let room = values.spare_capacity_mut();
        let (start, len) = (room.as_mut_ptr().cast::<u8>(), size_of_val(room));
        let skipped = start.align_offset(PAGE);
        if skipped < len {
            // SAFETY: the range lies within the vector's own memory, and the advice
            // changes nothing that is in it.
            let _ =
                unsafe { madvise(start.add(skipped).cast(), len - skipped, Advice::LinuxHugepage) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = values;
}
