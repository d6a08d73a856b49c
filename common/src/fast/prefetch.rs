//! Memory asked early. A batch is rows from all over a large array, and memory takes
//! hundreds of clock cycles to answer; other rows can be worked on meanwhile.

/// Rows that are on their way while one is worked on.
const AHEAD: usize = 4;

/// Bytes that memory delivers at a time.
const LINE: usize = 64;

/// The rows with these numbers of an array with so many `columns`, one after another. When
/// one has its turn, memory has long been asked for it.
///
/// Panics if a row does not exist.
pub fn prefetched_rows<'a, F>(
    all: &'a [F],
    columns: usize,
    rows: &'a [usize],
) -> impl Iterator<Item = &'a [F]> {
    let row = move |number: usize| &all[number * columns..][..columns];
    rows.iter().take(AHEAD).for_each(|&first| prefetch(row(first)));
    rows.iter().enumerate().map(move |(i, &number)| {
        if let Some(&later) = rows.get(i + AHEAD) {
            prefetch(row(later));
        }
        row(number)
    })
}

/// Asks for these numbers and does not wait for them: they come into the L2 cache.
#[cfg(target_arch = "x86_64")]
fn prefetch<F>(numbers: &[F]) {
    use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
    for line in numbers.chunks(LINE / size_of::<F>()) {
        // SAFETY: every processor of x86-64 has this instruction, which changes no value.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
    }
}

/// Reads a number of every 64 bytes, since Rust has no such instruction elsewhere.
#[cfg(not(target_arch = "x86_64"))]
fn prefetch<F>(numbers: &[F]) {
    for line in numbers.chunks(LINE / size_of::<F>()) {
        std::hint::black_box(&line[0]);
    }
}
