//! Pages of 2 MB for large arrays, on Linux.
//!
//! A batch is a hundred rows from all over 188 MB. With pages of 4 kB the
//! processor has to look up nearly every row's page in memory; with pages of 2 MB
//! it caches the addresses of all of them.

/// Asks the system for large pages in the spare capacity of `values`. If it
/// refuses, only the speed differs.
pub(super) fn request<T>(values: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{Advice, madvise};

        const PAGE: usize = 4096; // the address must be a multiple of it
        let spare = values.spare_capacity_mut();
        let (start, len) = (spare.as_mut_ptr().cast::<u8>(), size_of_val(spare));
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
